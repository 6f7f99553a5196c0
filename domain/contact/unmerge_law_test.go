package contact_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/domaintest"
)

var numbers = []contact.Identity{{Channel: "whatsapp", Of: "+4930123456"}, {Channel: "whatsapp", Of: "+4930123457"}, {Channel: "email", Of: "us@example.org"}}

// lives draws what happens to contacts that are in touch: as histories does, with
// messages of whoever stands, and contacts that leave alone or take interactions along.
func lives(t *rapid.T, steps int, merges *rapid.Generator[contact.Merged]) (s story, held []noted) {
	for _, id := range people {
		s.happen(id, contact.Created{Says: says.Draw(t, "says")})
	}
	for range rapid.IntRange(0, steps).Draw(t, "steps") {
		f := s.family()
		id := rapid.SampledFrom(people).Draw(t, "id")
		switch rapid.IntRange(0, 9).Draw(t, "step") {
		case 0, 1:
			if f.Own(id).Standing() == nil {
				s.happen(id, contact.Edited{Says: says.Draw(t, "says")})
			}
		case 2, 3, 4:
			if f.Own(id).Standing() == nil {
				held = append(held, s.chat(t, id))
			}
		case 5, 6, 7:
			if into := rapid.SampledFrom(people).Draw(t, "into"); into != id && f.Own(id).Standing() == nil && f.Own(into).Standing() == nil {
				m := merges.Draw(t, "merge")
				m.Survivor = into
				s.happen(id, m)
			}
		default:
			if into := f.Own(id).Merge.Into; into != "" {
				e := contact.Unmerged{Survivor: into, Alone: rapid.Bool().Draw(t, "alone"), Talks: rapid.SampledFrom([]contact.Talks{"", contact.Reopen, contact.Close}).Draw(t, "talks")}
				taken := taking(t, &f, id, held)
				s.happen(id, e)
				if len(taken.From) > 0 && len(taken.Identities)+len(taken.Interactions) > 0 {
					s.happen(id, contact.InteractionsTaken(taken))
					take(held, id, taken)
				}
			}
		}
	}
	return s, held
}

// noted is an interaction and whose it is.
type noted struct {
	contact.Noted
	owner contact.ID
}

// chat lets a contact, or the space, say something.
func (s *story) chat(t *rapid.T, id contact.ID) noted {
	i := rapid.SampledFrom(numbers).Draw(t, "identity")
	number := conversation.MessageID(fmt.Sprint(len(*s)))
	at := domaintest.Monday.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "hours")) * time.Hour)
	var e conversation.Event
	switch rapid.IntRange(0, 3).Draw(t, "what") {
	case 0:
		e = conversation.MessageSent{Message: number, Channel: i.Channel, Identity: i.Of, At: at}
	case 1:
		if f := s.family(); f.Told(id).Talks[i.Channel].State == contact.Opened {
			s.talk(id, conversation.Closed{Channel: i.Channel, Reason: "answered", At: at})
		} else {
			s.talk(id, conversation.Opened{Channel: i.Channel, At: at})
		}
		return noted{}
	default:
		e = conversation.MessageReceived{Message: number, Channel: i.Channel, Identity: i.Of, At: at}
	}
	s.talk(id, e)
	said := e.(contact.Interaction).Interacted()
	return noted{contact.Noted{Position: (*s)[len(*s)-1].Position, At: said.At, Ref: said.Ref, Identity: i, Way: said.Way}, id}
}

// taking draws what a contact takes along of those it is a part of.
func taking(t *rapid.T, f *contact.Family, id contact.ID, all []noted) contact.Taken {
	above := f.Above(id)
	var since []contact.Ref
	for i := range above {
		for _, n := range all {
			if n.owner == above[i].By && n.Ref != "" {
				above[i].Noted = append(above[i].Noted, n.Noted)
				if n.Position > above[i].Since {
					since = append(since, n.Ref)
				}
			}
		}
	}
	switch rapid.IntRange(0, 2).Draw(t, "takes") {
	case 0:
		return contact.Carried(above, rapid.SliceOfDistinct(rapid.SampledFrom(numbers), func(i contact.Identity) contact.Slot { return i.Slot() }).Draw(t, "carried"))
	case 1:
		if len(since) > 0 {
			taken, unknown := contact.Listed(above, rapid.SliceOf(rapid.SampledFrom(since)).Draw(t, "listed"))
			if len(unknown) > 0 {
				t.Fatalf("%v are said to be unknown", unknown)
			}
			return taken
		}
	}
	return contact.Taken{}
}

// take tells plainly whose interactions are afterwards.
func take(all []noted, id contact.ID, taken contact.Taken) {
	for i, n := range all {
		if slices.Contains(taken.From, n.owner) && (slices.Contains(taken.Identities, n.Identity) || slices.Contains(taken.Interactions, n.Ref)) && n.Ref != "" {
			all[i].owner = id
		}
	}
}

// Whatever was merged, taken apart and taken along, each contact was in touch last by
// what is its own, or one's that is a part of it (D1-9, D2-3).
func TestTouchesFollowTheirInteractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, all := lives(t, 40, merges)
		f := s.family()
		for _, id := range people {
			var last, incoming time.Time
			for _, n := range all {
				if n.Ref == "" || !slices.Contains(f.Within(id), n.owner) {
					continue
				}
				if n.At.After(last) {
					last = n.At
				}
				if n.Way == contact.Incoming && n.At.After(incoming) {
					incoming = n.At
				}
			}
			if told := f.Told(id); !told.LastInteraction.Equal(last) || !told.LastIncoming.Equal(incoming) {
				t.Errorf("%s was in touch at %v and heard of at %v, want %v and %v", id, told.LastInteraction, told.LastIncoming, last, incoming)
			}
		}
	})
}

// What a contact takes along by identity was noted since the merge, and what it does not
// take stays (D2-3).
func TestTakesNothingFromBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, all := lives(t, 30, merges)
		f := s.family()
		for _, id := range people {
			for _, h := range f.Above(id) {
				for i, n := range all {
					if n.owner != h.By || n.Ref == "" {
						continue
					}
					h.Noted = []contact.Noted{n.Noted}
					taken := contact.Carried([]contact.Held{h}, []contact.Identity{n.Identity})
					if goes := len(taken.Identities)+len(taken.Interactions) > 0; goes != (n.Position > h.Since) {
						t.Errorf("%s takes %d: %t, having joined at %d", id, i, goes, h.Since)
					}
				}
			}
		}
	})
}

// Whatever happened before, merging two and taking them apart at once leaves everybody
// exactly as they were: values and where they come from, touches, conversations (D2-14).
func TestNothingIsLeftOfAMergeUndone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, _ := lives(t, 30, merges)
		before := s.family()
		standing := slices.DeleteFunc(slices.Clone(people), func(id contact.ID) bool { return before.Own(id).Standing() != nil })
		if len(standing) < 2 {
			return
		}
		m := merges.Draw(t, "merge")
		m.Survivor = standing[0]
		s.happen(standing[1], m)
		s.happen(standing[1], contact.Unmerged{Survivor: standing[0]})
		after := s.family()
		for _, id := range people {
			if diff := gocmp.Diff(before.Told(id), after.Told(id), cmpopts.IgnoreFields(contact.Contact{}, "Apart", "Away", "Left", "Length")); diff != "" {
				t.Errorf("%s is not what it was:\n%s", id, diff)
			}
			if diff := gocmp.Diff(before.Within(id), after.Within(id)); diff != "" {
				t.Errorf("%s holds others than before:\n%s", id, diff)
			}
		}
	})
}

// Of a contact that leaves alone its survivor goes on to show all that did not come from
// that one, whatever it had absorbed stays, and comes back as it is if it is taken out
// itself (D2-2).
func TestLeavingAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, _ := lives(t, 30, unruled)
		before := s.family()
		absorbed := slices.DeleteFunc(slices.Clone(people), func(id contact.ID) bool { return before.Own(id).Merge.Into == "" })
		if len(absorbed) == 0 {
			return
		}
		id := rapid.SampledFrom(absorbed).Draw(t, "leaves")
		root, into := before.Root(id), before.Own(id).Merge.Into
		parts := before.Absorbed(id)
		s.happen(id, contact.Unmerged{Survivor: into, Alone: true})
		after := s.family()
		if got := after.Within(id); len(got) != 1 {
			t.Fatalf("%s took %v along", id, got)
		}
		for _, part := range parts {
			if after.Own(part).Merge.Into != into {
				t.Fatalf("%s did not stay with %s", part, into)
			}
		}
		was, is := before.Told(root), after.Told(root)
		for slot, v := range was.Values {
			_, chosen := before.Own(id).Merge.Choices[string(slot)]
			if v.Text == "" || v.From == id || v.Of != nil || v.How != "" && v.How != contact.Chosen || chosen || slot == "opted_out" {
				continue
			}
			if is.Values[slot].Text != v.Text {
				t.Errorf("%s of %s was %+v and is %+v after %s left", slot, root, v, is.Values[slot], id)
			}
		}
		slices.SortFunc(parts, func(a, b contact.ID) int { return cmp.Compare(b, a) })
		for _, part := range parts {
			s.happen(part, contact.Unmerged{Survivor: into})
		}
		f := s.family()
		for _, part := range parts {
			if diff := gocmp.Diff(before.Told(part).Values, f.Told(part).Values); diff != "" {
				t.Errorf("%s is not what it was:\n%s", part, diff)
			}
		}
	})
}

// unruled draws how contacts are merged where no rule makes something else of the same
// values in another order.
var unruled = rapid.Custom(func(t *rapid.T) contact.Merged {
	fields := rapid.SampledFrom([]string{"first_name", "country", "teas"})
	return contact.Merged{Choices: rapid.MapOfN(fields, rapid.SampledFrom([]contact.Choice{contact.Absorbeds, contact.Survivors, contact.Neithers}), 0, 3).Draw(t, "choices")}
})

// The preview of an unmerge shows what comes, and nothing happens by it (C2-74).
func TestPartingIsWhatComes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, all := lives(t, 30, merges)
		before := s.family()
		absorbed := slices.DeleteFunc(slices.Clone(people), func(id contact.ID) bool { return before.Own(id).Merge.Into == "" })
		if len(absorbed) == 0 {
			return
		}
		id := rapid.SampledFrom(absorbed).Draw(t, "leaves")
		cmd := contact.Unmerge{Alone: rapid.Bool().Draw(t, "alone"), Take: taking(t, &before, id, all)}
		root := before.Root(id)
		shown := before.Told(root)
		p, err := before.Parting(id, cmd, nil, domaintest.Monday)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(shown, before.Told(root)); diff != "" {
			t.Fatalf("the preview changed what was:\n%s", diff)
		}
		decided, err := contact.Decide(before.Own(id), cmd)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range decided {
			s.happen(id, e)
		}
		after := s.family()
		for one, foreseen := range map[contact.ID]contact.Contact{root: p.Survivor, id: p.Absorbed} {
			came := after.Told(one)
			if diff := gocmp.Diff(texts(came), texts(foreseen)); diff != "" || !came.LastInteraction.Equal(foreseen.LastInteraction) || !came.Created.Equal(foreseen.Created) {
				t.Errorf("%s came otherwise: %s (last in touch at %v, foreseen %v)", one, diff, came.LastInteraction, foreseen.LastInteraction)
			}
		}
		falls := maps.Clone(texts(shown))
		for _, f := range p.Falls {
			if falls[f.Slot] != f.From.Text || f.From.Text == f.To.Text {
				t.Errorf("%s falls from %q to %q, and was %q", f.Slot, f.From.Text, f.To.Text, falls[f.Slot])
			}
			if falls[f.Slot] = f.To.Text; f.To.Text == "" {
				delete(falls, f.Slot)
			}
		}
		if diff := gocmp.Diff(falls, texts(after.Told(root)), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the survivor fell otherwise:\n%s", diff)
		}
		if with := append([]contact.ID{id}, p.Along...); !slices.Equal(with, after.Within(id)) {
			t.Errorf("%v were to come along, and %v did", p.Along, after.Within(id))
		}
		for _, channel := range p.Reopens {
			if after.Told(id).Talks[channel].State != contact.Opened {
				t.Errorf("%s was to be open", channel)
			}
		}
		for _, channel := range p.Closed {
			if talk := after.Told(id).Talks[channel]; talk.State != contact.Closed {
				t.Errorf("%s was to be closed", channel)
			}
		}
	})
}
