package contact

import (
	"cmp"
	"slices"
)

// Put sets what a contact's own history says.
func (f *Family) Put(id ID, c Contact) {
	if f.own == nil {
		f.own, f.absorbed = map[ID]Contact{}, map[ID][]ID{}
	}
	was := f.own[id].Merge
	if c.Merge.Into == was.Into && c.Merge.compare(was) == 0 {
		f.own[id] = c
		return
	}
	if from := f.absorbed[was.Into]; was.Into != "" {
		at, _ := f.place(id, was)
		f.absorbed[was.Into] = slices.Concat(from[:at], from[at+1:])
	}
	f.own[id] = c
	if into := c.Merge.Into; into != "" {
		at, _ := f.place(id, c.Merge)
		if all := f.absorbed[into]; at == len(all) {
			f.absorbed[into] = append(all, id) // behind what clones see of it
		} else {
			f.absorbed[into] = slices.Concat(all[:at], []ID{id}, all[at:])
		}
	}
}

// place is where a contact is, or is to be put, among those that its survivor absorbed.
func (f *Family) place(id ID, m Merge) (at int, there bool) {
	return slices.BinarySearchFunc(f.absorbed[m.Into], id, func(other, id ID) int {
		return cmp.Or(f.own[other].Merge.compare(m), cmp.Compare(other, id))
	})
}
