package erasure_test

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/domaintest"
)

// remerge lets merges count again that were undone; of some their survivor says something
// before.
func (j *journal) remerge(t *rapid.T) {
	for _, id := range slices.Sorted(maps.Keys(j.undone)) {
		if into := j.undone[id].Into; j.family.Own(id).Void == 0 {
			if j.family.Own(into).Standing() == nil && rapid.Bool().Draw(t, "says more") {
				j.happen(into, contact.Edited{Says: j.says(t)})
			}
			j.decide(id, contact.Remerge{Merge: j.undone[id], Survivor: j.family.Own(into)})
		}
	}
}

// leave lets a contact go alone that has absorbed another one.
func (j *journal) leave(t *rapid.T) {
	standing := j.standing()
	if len(standing) < 3 {
		return
	}
	some := rapid.Permutation(standing).Draw(t, "some")
	j.happen(some[0], j.merge(t, some[1]))
	j.happen(some[1], j.merge(t, some[2]))
	j.unmerge(t, some[1], true)
}

func (j *journal) unmerge(t *rapid.T, id contact.ID, alone bool) {
	own := j.family.Own(id)
	if own.Merge.Into == "" || own.Deleted > 0 {
		return
	}
	above := j.family.Above(id)
	for i := range above {
		above[i].Noted = j.of(above[i].By)
	}
	j.undone[id] = own.Merge
	events := j.decide(id, contact.Unmerge{
		Alone: alone, Reason: j.text(), Take: j.taking(t, above),
		Talks: rapid.SampledFrom([]contact.Talks{"", contact.Reopen, contact.Close}).Draw(t, "talks"),
	})
	for _, e := range events {
		if e, is := e.(contact.InteractionsTaken); is {
			j.take(id, e)
		}
	}
}

// split lets a part of a contact become a new one, which now and then is not to be.
func (j *journal) split(t *rapid.T, id contact.ID) {
	own := j.family.Own(id)
	cmd := contact.SplitOff{Into: contact.ID(fmt.Sprint("part-", len(j.live)))}
	for _, slot := range slices.Sorted(maps.Keys(own.Values)) {
		if own.Values[slot].Text == "" || !rapid.Bool().Draw(t, "goes") {
			continue
		}
		if field, is := slot.Field(); is {
			cmd.Fields = append(cmd.Fields, field)
		} else if tag, is := slot.Tag(); is {
			cmd.Tags = append(cmd.Tags, tag)
		} else if i, is := slot.Identity(); is {
			cmd.Identities = append(cmd.Identities, i)
		}
	}
	held := []contact.Held{{By: id, Noted: j.of(id)}}
	taken := j.taking(t, held)
	cmd.Interactions = taken.Interactions
	events := j.decide(id, cmd)
	if len(events) == 0 {
		return
	}
	e := events[0].(contact.Split)
	if rapid.IntRange(0, 4).Draw(t, "is not to be") == 0 {
		j.decide(id, contact.Regain{Values: e.Says, Of: e.Into})
		return
	}
	j.create(e.Into, contact.Created{Origin: contact.BySplit, Says: e.Says, Of: id})
	if cmd := contact.Take(taken); len(j.decide(e.Into, cmd)) > 0 {
		j.take(e.Into, contact.InteractionsTaken(taken))
	}
}

// of are the interactions that are a contact's own.
func (j *journal) of(id contact.ID) (own []contact.Noted) {
	for _, n := range j.said {
		if n.owner == id && !n.lost {
			own = append(own, n.Noted)
		}
	}
	return own
}

func (j *journal) taking(t *rapid.T, held []contact.Held) contact.Taken {
	var refs []contact.Ref
	var by []contact.Identity
	for _, h := range held {
		for _, n := range h.Noted {
			if n.Position > h.Since && n.Ref != "" {
				refs, by = append(refs, n.Ref), append(by, n.Identity)
			}
		}
	}
	if len(refs) == 0 {
		return contact.Taken{}
	}
	if rapid.Bool().Draw(t, "carried") {
		return contact.Carried(held, rapid.SliceOfDistinct(rapid.SampledFrom(by), contact.Identity.Slot).Draw(t, "by"))
	}
	taken, _ := contact.Listed(held, rapid.SliceOf(rapid.SampledFrom(refs)).Draw(t, "refs"))
	return taken
}

// takeTooLate lets a contact take over what was another's who was deleted meanwhile: it
// says since that it was in touch by that.
func (j *journal) takeTooLate(t *rapid.T, id contact.ID) {
	var lost []noted
	for _, n := range j.said {
		if n.lost && n.Ref != "" {
			lost = append(lost, n)
		}
	}
	if len(lost) > 0 {
		one := rapid.SampledFrom(lost).Draw(t, "lost")
		taken, _ := contact.Listed([]contact.Held{{By: one.owner, Noted: []contact.Noted{one.Noted}}}, []contact.Ref{one.Ref})
		j.happen(id, contact.InteractionsTaken(taken))
	}
}

// take tells plainly whose interactions are afterwards.
func (j *journal) take(id contact.ID, e contact.InteractionsTaken) {
	for i, n := range j.said {
		if !n.lost && slices.Contains(e.From, n.owner) && (slices.Contains(e.Identities, n.Identity) || n.Ref != "" && slices.Contains(e.Interactions, n.Ref)) {
			j.said[i].owner = id
		}
	}
}

// talk lets a contact, or the space, say or do something.
func (j *journal) talk(t *rapid.T, id contact.ID) {
	i, of := j.identity(t), conversation.MessageID(j.text())
	at := domaintest.Monday.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "hours")) * time.Hour)
	var e conversation.Event
	switch rapid.IntRange(0, 5).Draw(t, "what") {
	case 0:
		e = conversation.MessageSent{Message: of, Channel: i.Channel, Identity: i.Of, Subject: j.text(), Text: j.text(), At: at}
	case 1:
		e = conversation.Commented{Comment: of, Text: j.text(), At: at}
	case 2:
		e = conversation.EventNoted{Event: of, Name: j.text(), Data: map[string]string{j.text(): j.text()}, Channel: i.Channel, Identity: i.Of, At: at}
	case 3:
		e = conversation.Opened{Channel: i.Channel, At: at}
		if j.family.Told(id).Talks[i.Channel].State == contact.Opened {
			e = conversation.Closed{Channel: i.Channel, Reason: j.text(), At: at}
		}
	default:
		e = conversation.MessageReceived{Message: of, Channel: i.Channel, Identity: i.Of, Subject: j.text(), Text: j.text(), At: at}
	}
	lost := j.family.Own(id).Deleted > 0
	position := j.record(conversation.Stream(key(id)), e)
	said := e.(contact.Interaction).Interacted()
	j.said = append(j.said, noted{contact.Noted{Position: position, At: said.At, Ref: said.Ref, Identity: said.Identity, Way: said.Way}, id, lost})
}
