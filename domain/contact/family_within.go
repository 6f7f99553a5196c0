package contact

import "slices"

// Absorbed are the contacts that were merged into id itself, in that order.
func (f *Family) Absorbed(id ID) []ID { return slices.Clip(f.absorbed[id]) }

// Within is the contact and all that is a part of it by now, at whatever depth.
func (f *Family) Within(id ID) []ID {
	ids := []ID{id}
	for _, other := range f.absorbed[id] {
		ids = append(ids, f.Within(other)...)
	}
	return ids
}

// Holds reports whether a contact is the other one, or a part of it by now.
func (f *Family) Holds(id, part ID) bool {
	for part != id && f.own[part].Merge.Into != "" {
		part = f.own[part].Merge.Into
	}
	return part == id
}

// Root is the contact that id is a part of: itself, unless it is absorbed.
func (f *Family) Root(id ID) ID {
	for f.own[id].Merge.Into != "" {
		id = f.own[id].Merge.Into
	}
	return id
}
