package contact

import (
	"maps"
	"slices"
	"time"

	"skein/domain"
)

// Parting is what taking a contact out of the one it is a part of makes of the two,
// before anybody does it (C2-74).
type Parting struct {
	After              Family   // as it is afterwards
	Survivor, Absorbed Contact  // as they are told then
	Falls              []Fall   // what the survivor shows differently then (C2-78)
	Kept               []Slot   // what it goes on to show, though the other one has it too, because it was said since the merge (D2-4)
	Along              []ID     // what goes with the absorbed contact, at whatever depth
	Stay               []ID     // what it had absorbed and leaves with its survivor (D2-2)
	Reopens, Closed    []string // channels on which its conversation, which was open when it was merged, is open again or stays closed (D2-8)
}

// Fall is what becomes of one slot of the survivor.
type Fall struct {
	Slot     Slot
	From, To Value
}

// Apart is the family after a contact is taken out, and others do without values, as if
// that happened next.
func (f *Family) Apart(id ID, cmd Unmerge, forgo map[ID][]Slot, at time.Time) (Family, error) {
	after := f.Clone()
	next := domain.Moment{Position: ^domain.Position(0) - 2, At: at}
	for _, one := range slices.Sorted(maps.Keys(forgo)) {
		after.Tell(domain.Recorded{Event: without(forgo[one]), Stream: Key{ID: one}.Stream(), Revision: f.own[one].Length, Moment: next})
	}
	events, err := Decide(after.own[id], cmd)
	if err != nil {
		return Family{}, err
	}
	for i, e := range events {
		next.Position = ^domain.Position(0) - 2 + domain.Position(i)
		after.Tell(domain.Recorded{Event: e, Stream: Key{ID: id}.Stream(), Revision: f.own[id].Length + uint64(i), Moment: next})
	}
	return after, nil
}

// Parting is what an unmerge makes of a contact and of the one it is a part of.
func (f *Family) Parting(id ID, cmd Unmerge, forgo map[ID][]Slot, at time.Time) (Parting, error) {
	after, err := f.Apart(id, cmd, forgo, at)
	if err != nil {
		return Parting{}, err
	}
	root := f.Root(id)
	before := f.Told(root)
	p := Parting{After: after, Survivor: after.Told(root), Absorbed: after.Told(id), Along: after.Within(id)[1:]}
	for _, one := range f.Within(id) {
		if !after.Holds(id, one) {
			p.Stay = append(p.Stay, one)
		}
	}
	slots := slices.Concat(before.slots(), p.Survivor.slots())
	slices.Sort(slots)
	for _, slot := range slices.Compact(slots) {
		was, is := before.Values[slot], p.Survivor.Values[slot]
		switch theirs := p.Absorbed.Values[slot]; {
		case was.Text != is.Text:
			p.Falls = append(p.Falls, Fall{slot, was, is})
		case theirs.Text != "" && f.saidSince(id, was.By(root), was):
			p.Kept = append(p.Kept, slot)
		}
	}
	whole := f.Told(id)
	if cmd.Alone {
		whole = f.own[id]
	}
	for channel, talk := range whole.Talks {
		if talk.State != Opened {
			continue
		}
		if p.Absorbed.Talks[channel].State == Opened {
			p.Reopens = append(p.Reopens, channel)
		} else {
			p.Closed = append(p.Closed, channel)
		}
	}
	slices.Sort(p.Reopens)
	slices.Sort(p.Closed)
	return p, nil
}

// saidSince reports whether a value was said by one that the contact is a part of since it
// is.
func (f *Family) saidSince(id, by ID, v Value) bool {
	return slices.ContainsFunc(f.Above(id), func(h Held) bool { return h.By == by && v.At > h.Since })
}

// Above are the contacts that a contact is a part of, from its own survivor up, and
// where it, or the one before, was absorbed.
func (f *Family) Above(id ID) (held []Held) {
	for f.own[id].Merge.Into != "" {
		held = append(held, Held{By: f.own[id].Merge.Into, Since: f.own[id].Merge.At})
		id = f.own[id].Merge.Into
	}
	return held
}

// Known are the identities by which a contact is known: those it has, those that a
// field of the kind of a channel's identities gives it, and not those of another one.
func Known(c, other Contact, fields map[string]string) (all []Identity) {
	mine, theirs := c.identities(fields), other.identities(fields)
	for _, i := range mine {
		if !slices.Contains(theirs, i) && !slices.Contains(all, i) {
			all = append(all, i)
		}
	}
	return all
}

// identities are the contact's identities and, by channel, the values of fields that
// are one.
func (c Contact) identities(fields map[string]string) []Identity {
	all := c.Identities()
	for _, channel := range slices.Sorted(maps.Keys(fields)) {
		if of := c.Field(fields[channel]); of != "" {
			all = append(all, Identity{channel, of})
		}
	}
	return all
}
