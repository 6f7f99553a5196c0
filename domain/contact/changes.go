package contact

import (
	"maps"
	"slices"
)

// Change is a slot whose text is not what it was.
type Change struct {
	Slot          Slot
	Before, After Value
}

// Changes are the slots in which two tellings of a contact differ, in alphabetical
// order. A value that only comes from elsewhere than before is no change.
func Changes(before, after Contact) (changes []Change) {
	slots := maps.Clone(before.Values)
	if slots == nil {
		slots = map[Slot]Value{}
	}
	maps.Copy(slots, after.Values)
	for slot := range slots {
		if b, a := before.Values[slot], after.Values[slot]; b.Text != a.Text {
			changes = append(changes, Change{slot, b, a})
		}
	}
	slices.SortFunc(changes, func(a, b Change) int {
		if a.Slot < b.Slot {
			return -1
		}
		return 1
	})
	return changes
}
