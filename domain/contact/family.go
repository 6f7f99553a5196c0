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

// Told is the contact as people see it: its own story and, one merge after the
// other, the stories of those merged into it, as if merges that were undone had
// never been.
func (f *Family) Told(id ID) Contact { return f.ToldWith(id, func(ID, Contact) {}) }

// ToldWith is the contact as people see it, and calls each with it and with all that
// are a part of it, as each of them is told: who was merged into a contact comes before it.
func (f *Family) ToldWith(id ID, each func(ID, Contact)) Contact {
	c := f.told(id, each)
	each(id, c)
	return c
}

func (f *Family) told(id ID, each func(ID, Contact)) Contact {
	c := f.own[id]
	if len(f.absorbed[id]) == 0 {
		return c
	}
	c.Values = maps.Clone(c.Values)
	if c.Values == nil {
		c.Values = map[Slot]Value{}
	}
	for _, other := range f.absorbed[id] {
		o := f.ToldWith(other, each)
		if o.Created.Before(c.Created) {
			c.Created = o.Created
		}
		join(c.Values, o.Values, other, o.Merge)
		for slot, touch := range o.Touches {
			c.Touches = set(c.Touches, slot, c.Touches[slot].later(touch))
		}
		for channel, talk := range o.Talks {
			c.Talks = set(c.Talks, channel, c.Talks[channel].with(talk, o.Merge))
		}
	}
	return c.touched()
}

// with is the conversation on one channel with a contact that absorbed another one: its
// own, unless it had none that was open by then and the other one's is (D1-11).
func (t Talk) with(other Talk, m Merge) Talk {
	last := later(t.Opened, other.Opened)
	if t.At < m.At && t.State != Opened && (t.State == "" || other.State == Opened || other.Since.After(t.Since)) {
		t = other
	}
	t.Opened = last
	return t
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// ClosedByMerge are the channels on which the conversation with an absorbed contact was
// open and its survivor's too when it was merged, so that the merge closed it.
func (f *Family) ClosedByMerge(id ID) (channels []string) {
	c := f.own[id]
	if c.Merge.Into == "" {
		return nil
	}
	talks := f.Told(id).Talks
	if len(talks) == 0 {
		return nil
	}
	survivor := f.beside(id)
	for channel, talk := range talks {
		if talk.State == Opened && survivor.Talks[channel].State == Opened && survivor.Talks[channel].At < c.Merge.At {
			channels = append(channels, channel)
		}
	}
	slices.Sort(channels)
	return channels
}

// beside is the survivor of an absorbed contact as it would be told without that one.
func (f *Family) beside(id ID) Contact {
	var rest Family // of what may be very many contacts
	into := f.own[id].Merge.Into
	for _, one := range f.Within(into) {
		if !f.Holds(id, one) {
			rest.Put(one, f.own[one])
		}
	}
	return rest.Told(into)
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
