package erasure_test

import (
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/domaintest"
	"skein/domain/space"
)

// journal is what happens to contacts, as it is recorded and as it reads once some of them
// were erased. Whatever is personal in it is a text that nothing else has.
type journal struct {
	live, read []domain.Recorded
	family     contact.Family
	length     map[domain.Stream]uint64
	ids        []contact.ID
	said       []noted
	undone     map[contact.ID]contact.Merge // the last merge of each that was undone
	texts      int
	known      []contact.Identity
	tags       []string
}

// noted is an interaction and whose it is, told plainly.
type noted struct {
	contact.Noted
	owner contact.ID
	lost  bool // with somebody who was deleted
}

func begun(t *rapid.T) *journal {
	j := &journal{length: map[domain.Stream]uint64{}, undone: map[contact.ID]contact.Merge{}}
	for _, id := range []contact.ID{"ada", "lord", "eve", "kit", "max"} {
		j.create(id, contact.Created{Origin: contact.ByHand, Says: j.says(t)})
	}
	return j
}

func (j *journal) create(id contact.ID, e contact.Created) {
	j.ids = append(j.ids, id)
	j.happen(id, e)
}

func key(id contact.ID) contact.Key { return contact.Key{Space: "lab", ID: id} }

func (j *journal) happen(id contact.ID, events ...contact.Event) {
	for _, e := range events {
		j.record(key(id).Stream(), e)
	}
}

func (j *journal) record(s domain.Stream, e domain.Event) domain.Position {
	r := domain.Recorded{Event: e, Stream: s, Revision: j.length[s], Moment: domaintest.Moment(len(j.live))}
	j.length[s]++
	j.live, j.read = append(j.live, r), append(j.read, r)
	j.family.Tell(r)
	return r.Position
}

// text is a text that was never said before.
func (j *journal) text() string {
	j.texts++
	return fmt.Sprintf("zz%dq", j.texts)
}

func (j *journal) number() string {
	j.texts++
	return fmt.Sprint(90_000_000 + j.texts)
}

// identity is one that is new or, now and then, one that somebody has.
func (j *journal) identity(t *rapid.T) contact.Identity {
	if len(j.known) == 0 || rapid.IntRange(0, 2).Draw(t, "new identity") == 0 {
		j.known = append(j.known, contact.Identity{Channel: rapid.SampledFrom([]string{"chat", "email"}).Draw(t, "channel"), Of: j.text()})
	}
	return rapid.SampledFrom(j.known).Draw(t, "identity")
}

func (j *journal) tag(t *rapid.T) string {
	if len(j.tags) == 0 || rapid.IntRange(0, 2).Draw(t, "new tag") == 0 {
		j.tags = append(j.tags, j.text())
	}
	return rapid.SampledFrom(j.tags).Draw(t, "tag")
}

func (j *journal) says(t *rapid.T) map[contact.Slot]string {
	said := map[contact.Slot]string{}
	for range rapid.IntRange(1, 4).Draw(t, "values") {
		text := rapid.SampledFrom([]string{"", "on", "on"}).Draw(t, "on")
		switch rapid.IntRange(0, 4).Draw(t, "slot") {
		case 0:
			said[contact.TagSlot(j.tag(t))] = text
		case 1:
			said[j.identity(t).Slot()] = text
		case 2:
			if said["score"] = ""; text != "" {
				said["score"] = j.number()
			}
		default:
			field := rapid.SampledFrom([]contact.Slot{"first_name", "country", "email"}).Draw(t, "field")
			if said[field] = ""; text != "" {
				said[field] = j.text()
			}
		}
	}
	return said
}

func (j *journal) standing() []contact.ID {
	return slices.DeleteFunc(slices.Clone(j.ids), func(id contact.ID) bool { return j.family.Own(id).Standing() != nil })
}

// goOn lets some more happen, as the deciders let it through; now and then what raced with
// a deletion.
func (j *journal) goOn(t *rapid.T, steps int) {
	for range rapid.IntRange(0, steps).Draw(t, "steps") {
		id := rapid.SampledFrom(j.ids).Draw(t, "id")
		own := j.family.Own(id)
		stands := own.Standing() == nil
		switch rapid.IntRange(0, 18).Draw(t, "step") {
		case 0:
			if stands || own.Deleted > 0 {
				j.happen(id, contact.Edited{Says: j.says(t)})
			}
		case 1, 2, 3, 4:
			if stands || own.Deleted > 0 {
				j.talk(t, id)
			}
		case 5, 6, 7:
			races := rapid.IntRange(0, 5).Draw(t, "races") == 0
			if into := rapid.SampledFrom(j.ids).Draw(t, "into"); into != id && stands && (races || j.family.Own(into).Standing() == nil) {
				m := j.merge(t, into)
				if races {
					m.Seen = map[contact.ID]uint64{into: uint64(rapid.IntRange(0, 3).Draw(t, "seen"))}
				}
				j.happen(id, m)
			}
		case 8:
			j.remerge(t)
		case 9, 10:
			j.unmerge(t, id, rapid.Bool().Draw(t, "alone"))
		case 16, 17:
			j.leave(t)
		case 18:
			if stands {
				j.takeTooLate(t, id)
			}
		case 11, 12, 13:
			if stands {
				j.split(t, id)
			}
		case 14:
			if !own.Created.IsZero() && own.Deleted == 0 && len(own.Values) > 0 {
				j.decide(id, contact.Forgo{Slots: []contact.Slot{rapid.SampledFrom(slices.Sorted(maps.Keys(own.Values))).Draw(t, "forgoes")}})
			}
		default:
			if stands && rapid.Bool().Draw(t, "really") {
				j.delete(id)
			}
		}
	}
}

func (j *journal) delete(id contact.ID) {
	for i, n := range j.said {
		j.said[i].lost = n.lost || slices.Contains(j.family.Within(id), n.owner)
	}
	j.decide(id, contact.Delete{})
}

// decide does what is asked, if it is not refused.
func (j *journal) decide(id contact.ID, cmd contact.Command) []contact.Event {
	events, err := contact.Decide(j.family.Own(id), cmd)
	if err != nil {
		return nil
	}
	j.happen(id, events...)
	return events
}

func (j *journal) merge(t *rapid.T, into contact.ID) contact.Merged {
	fields := rapid.SampledFrom([]string{"first_name", "country", "score"})
	m := contact.Merged{
		ID: contact.MergeID(fmt.Sprint("m-", len(j.live))), Survivor: into, Reason: j.text(), Rules: map[string]space.Rule{},
		Choices: rapid.MapOfN(fields, rapid.SampledFrom([]contact.Choice{contact.Survivors, contact.Absorbeds, contact.Neithers}), 0, 2).Draw(t, "choices"),
	}
	for _, field := range []string{"first_name", "score"} {
		m.Rules[field] = rapid.SampledFrom([]space.Rule{space.Kept, space.Newest, space.Max, space.Min}).Draw(t, "rule")
	}
	return m
}
