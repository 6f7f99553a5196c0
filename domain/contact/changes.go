package contact

import (
	"cmp"
	"maps"
	"slices"
)

// Change is a slot whose value is not what it was, or comes from elsewhere.
type Change struct {
	Slot          Slot
	Before, After Value
}

// Changes are the slots in which two tellings of a contact differ, in alphabetical
// order: in what they say, or in who said it, where, and why it counts.
func Changes(before, after Contact) (changes []Change) {
	slots := maps.Clone(before.Values)
	if slots == nil {
		slots = map[Slot]Value{}
	}
	maps.Copy(slots, after.Values)
	for slot := range slots {
		if b, a := before.Values[slot], after.Values[slot]; !b.same(a) {
			changes = append(changes, Change{slot, b, a})
		}
	}
	slices.SortFunc(changes, func(a, b Change) int { return cmp.Compare(a.Slot, b.Slot) })
	return changes
}

// same reports whether two values say the same and come from the same event. What says
// nothing comes from nowhere.
func (v Value) same(other Value) bool {
	if v.Text == "" && other.Text == "" {
		return true
	}
	return v.Text == other.Text && v.At == other.At && v.From == other.From && v.How == other.How
}
