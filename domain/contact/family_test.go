package contact_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/domaintest"
)

func errCode(code string) error { return domain.Refuse(domain.Invalid, code, "") }

// story gathers what happens to contacts, in the order of the journal.
type story []domain.Recorded

func (s *story) happen(to contact.ID, e contact.Event) {
	*s = append(*s, domain.Recorded{Event: e, Stream: contact.Key{Space: "lab", ID: to}.Stream(), Moment: domaintest.Moment(len(*s))})
}

func (s story) texts(id contact.ID) map[contact.Slot]string { return texts(contact.Replay(id, s)) }

func texts(c contact.Contact) map[contact.Slot]string {
	says := map[contact.Slot]string{}
	for slot, v := range c.Values {
		if v.Text != "" {
			says[slot] = v.Text
		}
	}
	return says
}

func is(t *testing.T, got, want map[contact.Slot]string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("told otherwise (-want +got):\n%s", diff)
	}
}

// A merge chooses field by field (C2-60) and unites tags; taking it back leaves
// the absorbed one as it was (C2-77), and the survivor with what was said since,
// the rest falling back (C2-78).
func TestMergeAndUnmerge(t *testing.T) {
	var s story
	s.happen("ada", contact.Created{Says: map[contact.Slot]string{"first_name": "Ada", "country": "UK", "language": "en"}})
	s.happen("lord", contact.Created{Says: map[contact.Slot]string{"first_name": "George", "last_name": "Byron", "country": "GR", "phone": "+30210000000", "language": "fr", "#poet": "on"}})
	s.happen("lord", contact.Merged{Survivor: "ada", Choices: map[string]contact.Choice{
		"first_name": contact.Absorbeds, "language": contact.Neithers, "phone": contact.Survivors,
	}})
	is(t, s.texts("ada"), map[contact.Slot]string{"first_name": "George", "last_name": "Byron", "country": "UK", "#poet": "on"})

	s.happen("ada", contact.Edited{Says: map[contact.Slot]string{"last_name": "Lovelace", "#vip": "on", "#poet": ""}})
	is(t, s.texts("ada"), map[contact.Slot]string{"first_name": "George", "last_name": "Lovelace", "country": "UK", "#vip": "on"})

	s.happen("lord", contact.Unmerged{Survivor: "ada"})
	is(t, s.texts("ada"), map[contact.Slot]string{"first_name": "Ada", "last_name": "Lovelace", "country": "UK", "language": "en", "#vip": "on"})
	is(t, s.texts("lord"), map[contact.Slot]string{"first_name": "George", "last_name": "Byron", "country": "GR", "phone": "+30210000000", "language": "fr", "#poet": "on"})
}

// Of two merges that cross, the earlier one counts, and no circle comes about (D1-3).
func TestCrossingMerges(t *testing.T) {
	var s story
	s.happen("ada", ada)
	s.happen("lord", lord)
	s.happen("lord", contact.Merged{Survivor: "ada"})
	s.happen("ada", contact.Merged{Survivor: "lord"})
	is(t, s.texts("ada"), map[contact.Slot]string{"first_name": "Ada", "email": "ada@example.org", "#poet": "on"})
	if c := contact.Replay("ada", s); c.Standing() != nil {
		t.Errorf("the survivor of the earlier merge does not stand: %v", c.Standing())
	}
	s.happen("ada", contact.Unmerged{Survivor: "lord"}) // taken back: nothing changes
	is(t, s.texts("ada"), map[contact.Slot]string{"first_name": "Ada", "email": "ada@example.org", "#poet": "on"})
}

// What survives a merge says which contact each value came from.
func TestSources(t *testing.T) {
	var s story
	s.happen("eve", contact.Created{Says: map[contact.Slot]string{"phone": "+4930123456"}})
	s.happen("lord", lord)
	s.happen("ada", ada)
	s.happen("eve", contact.Merged{Survivor: "lord"})
	s.happen("lord", contact.Merged{Survivor: "ada"})
	told := contact.Replay("ada", s)
	for slot, want := range map[contact.Slot]contact.ID{"first_name": "ada", "#poet": "lord", "phone": "eve"} {
		if got := told.Values[slot].By("ada"); got != want {
			t.Errorf("%s comes from %s, want %s", slot, got, want)
		}
	}
}

// Deleting a contact deletes what it absorbed (D1-14).
func TestDeleteTakesAlongWhatWasAbsorbed(t *testing.T) {
	var s story
	s.happen("ada", ada)
	s.happen("lord", lord)
	s.happen("lord", contact.Merged{Survivor: "ada"})
	s.happen("ada", contact.Deleted{})
	for _, id := range []contact.ID{"ada", "lord"} {
		if c := contact.Replay(id, s); c.Deleted == 0 || len(c.Values) > 0 {
			t.Errorf("%s is still %+v", id, c)
		}
	}
}

// histories draws what happens to a few contacts: edits, merges that nest and
// cross, unmerges and deletions, as the deciders would let them through, and now
// and then a merge that raced with another one.
func histories(t *rapid.T) story {
	ids := []contact.ID{"ada", "lord", "eve", "kit"}
	slots := []contact.Slot{"first_name", "country", "#vip"}
	says := rapid.MapOfN(rapid.SampledFrom(slots), rapid.SampledFrom([]string{"", "x", "y", "z"}), 1, 3)
	choices := rapid.MapOfN(rapid.SampledFrom([]string{"first_name", "country"}), rapid.SampledFrom([]contact.Choice{contact.Survivors, contact.Absorbeds, contact.Neithers}), 0, 2)
	var s story
	for _, id := range ids {
		s.happen(id, contact.Created{Says: says.Draw(t, "says")})
	}
	own := map[contact.ID]contact.Contact{}
	for range rapid.IntRange(0, 30).Draw(t, "steps") {
		for id := range own {
			delete(own, id)
		}
		for _, r := range s {
			id := contact.KeyOf(r.Stream).ID
			own[id] = contact.Evolve(own[id], r.Event.(contact.Event), r.Moment)
		}
		id := rapid.SampledFrom(ids).Draw(t, "id")
		switch rapid.IntRange(0, 9).Draw(t, "step") {
		case 0, 1, 2, 3:
			if own[id].Standing() == nil {
				s.happen(id, contact.Edited{Says: says.Draw(t, "says")})
			}
		case 4, 5, 6:
			into := rapid.SampledFrom(ids).Draw(t, "into")
			races := rapid.IntRange(0, 5).Draw(t, "races") == 0
			if into != id && own[id].Standing() == nil && (own[into].Standing() == nil || races) {
				s.happen(id, contact.Merged{Survivor: into, Choices: choices.Draw(t, "choices")})
			}
		case 7, 8:
			if own[id].Merge.Into != "" && own[id].Deleted == 0 {
				s.happen(id, contact.Unmerged{Survivor: own[id].Merge.Into})
			}
		case 9:
			if own[id].Standing() == nil && rapid.IntRange(0, 3).Draw(t, "really") == 0 {
				s.happen(id, contact.Deleted{})
			}
		}
	}
	return s
}

// retold tells a contact in the plainest way: event by event, each merge copying
// what the survivor takes over at that moment, after the merges that were undone
// or void have been struck out. It is what Family has to agree with.
func retold(id contact.ID, history story) map[contact.Slot]string {
	into, struck := map[contact.ID]contact.ID{}, map[int]bool{}
	merge := map[contact.ID]int{}
	gone := map[contact.ID]bool{}
	for i, r := range history {
		of := contact.KeyOf(r.Stream).ID
		switch e := r.Event.(type) {
		case contact.Merged:
			if into[e.Survivor] != "" || gone[e.Survivor] || gone[of] {
				struck[i] = true
				continue
			}
			into[of], merge[of] = e.Survivor, i
		case contact.Unmerged:
			if into[of] != "" && !gone[of] {
				struck[merge[of]] = true
				delete(into, of)
			}
		case contact.Deleted:
			for one := range map[contact.ID]bool{"ada": true, "lord": true, "eve": true, "kit": true} {
				for at := one; at != ""; at = into[at] {
					gone[one] = gone[one] || at == of
				}
			}
		}
	}
	says := map[contact.ID]map[contact.Slot]string{}
	for i, r := range history {
		of := contact.KeyOf(r.Stream).ID
		if says[of] == nil {
			says[of] = map[contact.Slot]string{}
		}
		switch e := r.Event.(type) {
		case contact.Created:
			maps.Copy(says[of], e.Says)
		case contact.Edited:
			maps.Copy(says[of], e.Says)
		case contact.Merged:
			if struck[i] {
				continue
			}
			for slot, text := range says[of] {
				if _, chosen := e.Choices[string(slot)]; !chosen && says[e.Survivor][slot] == "" {
					says[e.Survivor][slot] = text
				}
			}
			for field, choice := range e.Choices {
				switch choice {
				case contact.Absorbeds:
					says[e.Survivor][contact.Slot(field)] = says[of][contact.Slot(field)]
				case contact.Neithers:
					says[e.Survivor][contact.Slot(field)] = ""
				}
			}
		}
	}
	if gone[id] {
		return map[contact.Slot]string{}
	}
	maps.DeleteFunc(says[id], func(_ contact.Slot, text string) bool { return text == "" })
	return says[id]
}

// Whatever happened, a contact is told as the plain telling says.
func TestFamilyTellsAsThePlainTelling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := histories(t)
		for _, id := range []contact.ID{"ada", "lord", "eve", "kit"} {
			if diff := cmp.Diff(retold(id, s), s.texts(id), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s is told otherwise (-plain +family):\n%s", id, diff)
			}
		}
	})
}

// Unmerging at once is as if nothing had been (D2-14), and merging, unmerging and
// merging again is as merging once (C2-79).
func TestUnmergeUndoesMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := histories(t)
		standing := slices.DeleteFunc([]contact.ID{"ada", "lord", "eve", "kit"}, func(id contact.ID) bool {
			return contact.Replay(id, s).Standing() != nil
		})
		if len(standing) < 2 {
			return
		}
		survivor, absorbed := standing[0], standing[1]
		before, other := contact.Replay(survivor, s), contact.Replay(absorbed, s)
		merge := contact.Merged{Survivor: survivor, Choices: map[string]contact.Choice{"first_name": contact.Absorbeds}}
		s.happen(absorbed, merge)
		once := s.texts(survivor)
		s.happen(absorbed, contact.Unmerged{Survivor: survivor})
		if diff := cmp.Diff(before, contact.Replay(survivor, s)); diff != "" {
			t.Errorf("the survivor is not what it was: %s", diff)
		}
		again := contact.Replay(absorbed, s)
		again.Apart, again.Away, again.Length = other.Apart, other.Away, other.Length
		if diff := cmp.Diff(other, again); diff != "" {
			t.Errorf("the absorbed one is not what it was: %s", diff)
		}
		s.happen(absorbed, merge)
		if diff := cmp.Diff(once, s.texts(survivor)); diff != "" {
			t.Errorf("merged again it is not what it was merged: %s", diff)
		}
	})
}
