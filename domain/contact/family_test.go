package contact_test

import (
	"testing"

	"skein/domain/contact"
)

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
