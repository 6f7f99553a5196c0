package contact

import (
	"maps"
	"slices"

	"skein/domain"
)

// Family is the contacts that are one, or were at some time, each as its own
// history says. The zero Family is empty. Tell it events in the order of the
// journal.
type Family struct {
	own      map[ID]Contact
	absorbed map[ID][]ID // by survivor, in the order of the merges
}

// Tell lets the contact whose history r is from go through it. Merges into what
// does not stand at that moment are void: of two contacts that are merged into
// each other at once, the earlier merge in the journal counts, so no circle can
// come about. So are merges that were decided on a history that has moved on since, and
// merges into what has a void merge that nobody took back yet: its own history tells of a
// merge, and not whether it counts.
// Nothing happens any more to what was deleted.
func (f *Family) Tell(r domain.Recorded) {
	id := KeyOf(r.Stream).ID
	c := f.own[id]
	if c.Deleted > 0 {
		return
	}
	switch e := r.Event.(type) {
	case Interaction:
		f.Put(id, c.interacted(e.Interacted(), r.Moment))
		return
	case Merged:
		if into := f.own[e.Survivor]; into.Standing() == nil && into.Void == 0 && !f.movedOn(e.Seen) {
			c.Void = 0
			f.Put(id, Evolve(c, e, r.Moment))
		} else if c.Merge.Into == "" {
			c.Void = r.Position
			f.Put(id, c)
		}
	case Unmerged:
		if e.Alone && c.Merge.Into != "" {
			f.leave(id, e.Stay)
		}
		f.Put(id, Evolve(c, e, r.Moment).closing(f.closed(id, e.Talks), r.Moment))
	case InteractionsTaken:
		f.take(id, e, r.Moment)
	case Deleted:
		for _, one := range f.Within(id) {
			f.Put(one, Evolve(f.own[one], e, r.Moment))
		}
	case Event:
		f.Put(id, Evolve(c, e, r.Moment))
	default:
		return
	}
	c = f.own[id]
	c.Length = r.Revision + 1
	f.Put(id, c)
}

// Others are the contacts that an event is about beside the one whose history it is
// in: to tell it, a family has to know them.
func Others(e domain.Event) []ID {
	switch e := e.(type) {
	case Merged:
		return append([]ID{e.Survivor}, slices.Sorted(maps.Keys(e.Seen))...)
	case InteractionsTaken:
		return e.From
	}
	return nil
}

// Concerned are the contacts whose own stories go on with an event that the family is
// about to be told: the one whose history it is in, and those it takes along.
func (f *Family) Concerned(r domain.Recorded) []ID {
	id := KeyOf(r.Stream).ID
	if f.own[id].Deleted > 0 {
		return []ID{id}
	}
	switch e := r.Event.(type) {
	case Unmerged:
		if e.Alone {
			return append([]ID{id}, f.absorbed[id]...)
		}
	case InteractionsTaken:
		return append([]ID{id}, e.From...)
	case Deleted:
		return f.Within(id)
	}
	return []ID{id}
}

// movedOn reports whether one of the histories is longer than it was seen.
func (f *Family) movedOn(seen map[ID]uint64) bool {
	for id, length := range seen {
		if f.own[id].Length > length {
			return true
		}
	}
	return false
}

// take moves interactions that are another contact's from now on.
func (f *Family) take(id ID, e InteractionsTaken, m domain.Moment) {
	for _, from := range e.From {
		left, gone := e.yield(from, f.own[from], m)
		f.Put(from, left)
		c := f.own[id]
		for slot, touch := range gone {
			c.Touches = set(c.Touches, slot, c.Touches[slot].later(touch))
		}
		f.Put(id, c)
	}
	f.Put(id, Evolve(f.own[id], e, m))
}

// Own is what a contact's own history says of it.
func (f *Family) Own(id ID) Contact { return f.own[id] }

// Clone is the family as it stands, for whatever happens to f later.
func (f *Family) Clone() Family {
	absorbed := maps.Clone(f.absorbed)
	for into, ids := range absorbed {
		absorbed[into] = slices.Clip(ids) // what is behind them is f's
	}
	return Family{maps.Clone(f.own), absorbed}
}
