package contact

import (
	"slices"
	"time"
)

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
