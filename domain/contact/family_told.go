package contact

import (
	"maps"

	"skein/domain"
)

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

// Replay tells the family of a contact anew from its histories, which are in the
// order of the journal, and returns the contact as people see it afterwards.
func Replay(id ID, history []domain.Recorded) Contact {
	var f Family
	for _, r := range history {
		f.Tell(r)
	}
	return f.Told(id)
}
