package contact

import (
	"maps"
	"slices"

	"skein/domain"
	"skein/domain/space"
)

// Preview is what a merge makes of two contacts, before anybody merges them.
type Preview struct {
	Before, After *Family
	Slots         []Joined // of all that either of them has, in alphabetical order
	Along         []ID     // what the absorbed contact has absorbed, at whatever depth
	Closes        []string // channels on which a conversation of the absorbed contact is closed (C2-67)
	Clash         []string // fields that name one contact only, of which both have a value and none was chosen (D1-7)
}

// Joined is what a merge makes of one slot of two contacts.
type Joined struct {
	Slot                       Slot
	Survivor, Absorbed, Merged Value
	Why                        string // [Chosen], [Filled], [United], or the rule of the field
}

// Why a merged contact has what it has, beside the rules and [Chosen].
const (
	Filled = "filled" // the survivor had nothing
	United = "united" // tags and channel identities: it has those of both
)

// Preview is what the merge m makes of a contact and its survivor, if it is the next
// that happens to them. Both have to stand.
func (f *Family) Preview(in space.Space, absorbed ID, m Merged) Preview {
	survivor, other := f.Told(m.Survivor), f.Told(absorbed)
	p := Preview{Before: f, Along: f.Within(absorbed)[1:]}
	for _, field := range Clash(in, survivor, other) {
		if _, chosen := m.Choices[field]; !chosen {
			p.Clash = append(p.Clash, field)
		}
	}
	after := f.Clone()
	if into := after.own[m.Survivor]; into.Void > 0 { // which is taken back before
		into.Void = 0
		after.Put(m.Survivor, into)
	}
	after.Tell(domain.Recorded{
		Event: m, Stream: Key{ID: absorbed}.Stream(), Revision: f.Own(absorbed).Length,
		Moment: domain.Moment{Position: ^domain.Position(0)},
	})
	p.After, p.Closes = &after, after.ClosedByMerge(absorbed)

	merge, merged := after.Own(absorbed).Merge, after.Told(m.Survivor)
	slots := slices.Concat(survivor.slots(), other.slots())
	slices.Sort(slots)
	for _, slot := range slices.Compact(slots) {
		j := Joined{Slot: slot, Survivor: survivor.Values[slot], Absorbed: other.Values[slot], Merged: merged.Values[slot]}
		if j.Survivor.Text != "" || j.Absorbed.Text != "" {
			j.Why = j.why(merge)
			p.Slots = append(p.Slots, j)
		}
	}
	return p
}

// why is why the merged contact has what it has in the slot.
func (j Joined) why(m Merge) string {
	field, is := j.Slot.Field()
	_, chosen := m.Choices[string(j.Slot)]
	switch {
	case chosen:
		return Chosen
	case !is:
		return United
	case j.Survivor.Text == "":
		return Filled
	case j.Absorbed.Text == "":
		return string(space.Kept)
	}
	return string(m.rule(field))
}

// Seen are how long the histories are of contacts and of all that are a part of them.
func (f *Family) Seen(ids ...ID) map[ID]uint64 {
	seen := map[ID]uint64{}
	for _, id := range ids {
		for _, one := range f.Within(id) {
			seen[one] = f.own[one].Length
		}
	}
	return seen
}

// Unchanged reports whether contacts and what is a part of them are as they were seen:
// the same ones, and nothing happened to them.
func (f *Family) Unchanged(seen map[ID]uint64, ids ...ID) bool {
	return maps.Equal(seen, f.Seen(ids...))
}
