package contact_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"skein/domain/contact"
)

// A change is a value that says something else, or comes from somebody else; what was
// and is empty is none.
func TestChanges(t *testing.T) {
	var s story
	s.happen("ada", contact.Created{Says: map[contact.Slot]string{"first_name": "Ada", "country": "", "#poet": "on"}})
	s.happen("lord", contact.Created{Says: map[contact.Slot]string{"first_name": "Ada", "last_name": "Byron"}})
	before := contact.Replay("ada", s)
	if none := contact.Changes(before, before); len(none) > 0 {
		t.Errorf("nothing happened, but %v", none)
	}
	s.happen("lord", contact.Merged{Survivor: "ada", Choices: map[string]contact.Choice{"first_name": contact.Absorbeds}})
	s.happen("ada", contact.Edited{Says: map[contact.Slot]string{"country": "", "#poet": "on"}})

	want := []contact.Change{
		{Slot: "#poet", Before: contact.Value{Text: "on", At: 1}, After: contact.Value{Text: "on", At: 4}},
		{Slot: "first_name", Before: contact.Value{Text: "Ada", At: 1}, After: contact.Value{Text: "Ada", At: 2, From: "lord", How: contact.Chosen}},
		{Slot: "last_name", After: contact.Value{Text: "Byron", At: 2, From: "lord"}},
	}
	if diff := cmp.Diff(want, contact.Changes(before, contact.Replay("ada", s))); diff != "" {
		t.Errorf("changed otherwise (-want +got):\n%s", diff)
	}
}
