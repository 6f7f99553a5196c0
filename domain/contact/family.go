package contact

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"skein/domain"
)

// Family is the contacts that are one, or were at some time, each as its own
// history says. The zero Family is empty. Tell it events in the order of the
// journal.
type Family struct {
	own      map[ID]Contact
	absorbed map[ID][]ID // by survivor, in the order of the merges
}

// Interaction is an event in a contact's conversation: something said or done
// between the contact and the space at some time.
type Interaction interface {
	domain.Event
	InteractedAt() time.Time
}

// Tell lets the contact whose history r is from go through it. Merges into what
// does not stand at that moment are void: of two contacts that are merged into
// each other at once, the earlier merge in the journal counts, so no circle can
// come about. Nothing happens any more to what was deleted.
func (f *Family) Tell(r domain.Recorded) {
	id := KeyOf(r.Stream).ID
	c := f.own[id]
	if c.Deleted > 0 {
		return
	}
	switch e := r.Event.(type) {
	case Merged:
		if f.own[e.Survivor].Standing() == nil {
			f.Put(id, Evolve(c, e, r.Moment))
		}
	case Deleted:
		for _, one := range f.Within(id) {
			f.Put(one, Evolve(f.own[one], e, r.Moment))
		}
	case Event:
		f.Put(id, Evolve(c, e, r.Moment))
	case Interaction:
		if at := e.InteractedAt(); at.After(c.LastInteraction) {
			c.LastInteraction = at
		}
		f.Put(id, c)
	}
}

// Put sets what a contact's own history says.
func (f *Family) Put(id ID, c Contact) {
	if f.own == nil {
		f.own, f.absorbed = map[ID]Contact{}, map[ID][]ID{}
	}
	was := f.own[id].Merge.Into
	f.own[id] = c
	if into := c.Merge.Into; into != was {
		if was != "" {
			f.absorbed[was] = slices.DeleteFunc(slices.Clone(f.absorbed[was]), func(other ID) bool { return other == id })
		}
		if into != "" {
			f.absorbed[into] = append(slices.Clip(f.absorbed[into]), id)
			slices.SortFunc(f.absorbed[into], func(a, b ID) int { return cmp.Compare(f.own[a].Merge.At, f.own[b].Merge.At) })
		}
	}
}

// Own is what a contact's own history says of it.
func (f *Family) Own(id ID) Contact { return f.own[id] }

// Clone is the family as it stands, for whatever happens to f later.
func (f *Family) Clone() Family { return Family{maps.Clone(f.own), maps.Clone(f.absorbed)} }

// Absorbed are the contacts that were merged into id itself, in that order.
func (f *Family) Absorbed(id ID) []ID { return f.absorbed[id] }

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

// Told is the contact as people see it: its own story and, one merge after the
// other, the stories of those merged into it, as if merges that were undone had
// never been.
func (f *Family) Told(id ID) Contact {
	c := f.own[id]
	if len(f.absorbed[id]) == 0 {
		return c
	}
	c.Values = maps.Clone(c.Values)
	if c.Values == nil {
		c.Values = map[Slot]Value{}
	}
	for _, other := range f.absorbed[id] {
		o := f.Told(other)
		if o.Created.Before(c.Created) {
			c.Created = o.Created
		}
		if o.LastInteraction.After(c.LastInteraction) {
			c.LastInteraction = o.LastInteraction
		}
		join(c.Values, o.Values, other, o.Merge)
	}
	return c
}

// join lets values take over what the merge m leaves it of the absorbed
// contact's. What was said after the merge stays (C2-78).
func join(values, absorbed map[Slot]Value, other ID, m Merge) {
	for slot, choice := range m.Choices {
		s := Slot(slot)
		switch {
		case values[s].At > m.At:
		case choice == Neithers:
			values[s] = Value{At: m.At}
		case choice == Absorbeds && absorbed[s].Text == "":
			values[s] = Value{At: m.At}
		case choice == Absorbeds:
			values[s] = absorbed[s].from(other)
		}
	}
	for slot, v := range absorbed {
		if _, chosen := m.Choices[string(slot)]; chosen || v.Text == "" || values[slot].At > m.At {
			continue
		}
		if values[slot].Text == "" {
			values[slot] = v.from(other)
		}
	}
}

// from is the value as an absorbed contact said it, or one that it had absorbed.
func (v Value) from(absorbed ID) Value {
	v.From = v.By(absorbed)
	return v
}

// Replay tells the family of a contact anew from its histories, which are in the
// order of the journal, and returns the contact as people see it afterwards.
func Replay(id ID, history []domain.Recorded) Contact {
	var f Family
	for _, r := range history {
		f.Tell(r)
	}
	return f.Told(id)
}
