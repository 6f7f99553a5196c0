package verify

import (
	"cmp"
	"context"
	"slices"
	"time"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/inbox"
	"skein/domain/organization"
	"skein/domain/space"
)

// outline is what has to be known before contacts can be told in parts.
type outline struct {
	rooms  map[space.ID]*room
	gone   map[space.ID]bool // deleted
	opened map[space.ID]bool
	parked map[domain.Position]bool
	kin    map[contact.Key]contact.Key // those who were ever one with another, or split off it, each with one before it
	takes  map[contact.Key]bool        // by the first of the kin: interactions changed hands among them
	some   sample
	unread []Difference
}

// room is what the journal tells of a space.
type room struct {
	state    space.Space
	known    bool // it has a history
	opened   bool
	inboxes  map[inbox.ID]saved
	months   []month
	contacts int64
	changes  []uint64 // of the number of contacts: twice the position, and 1 if it is one more
}

// saved is an inbox.
type saved struct {
	name     string
	filter   inbox.Filter
	at       time.Time
	contacts int64
}

// month is what a space is billed for in a month.
type month struct {
	of                           time.Time
	since                        domain.Position // of the first event that counts in it
	people, peak, received, sent int64
}

// survey reads the journal once.
func (c *check) survey(ctx context.Context, until domain.Position, parked map[domain.Position]bool) (*outline, error) {
	o := &outline{
		rooms: map[space.ID]*room{}, gone: map[space.ID]bool{}, opened: map[space.ID]bool{}, parked: parked,
		kin: map[contact.Key]contact.Key{}, takes: map[contact.Key]bool{}, some: sample{every: 1},
	}
	prefixes := []string{"organization-"}
	concerns := ofCategory("organization", "space", "inbox", "contact", "conversation")
	if in := string(c.Space); in != "" {
		prefixes = append(prefixes, "space-"+in, "inbox-"+in+".", "contact-"+in+".", "conversation-"+in+".")
	} else {
		prefixes = append(prefixes, "space-", "inbox-", "contact-", "conversation-")
	}
	wanted := func(s domain.Stream) bool {
		return concerns(s) && (c.Space == "" || s.Category() == "organization" || spaceOf(s) == c.Space)
	}
	for r, err := range c.Journal(ctx, until, wanted, prefixes...) {
		switch {
		case err != nil && r.Stream == "":
			return nil, err
		case parked[r.Position]:
			continue
		case err != nil:
			o.unread = append(o.unread, Difference{In: "journal", Space: spaceOf(r.Stream), ID: string(r.Stream), Position: r.Position, Wrong: "cannot be read"})
			continue
		}
		o.take(r)
		c.Reach("families", r.Position)
	}
	for key := range o.kin {
		o.kin[key] = o.sofar(key) // from here on several ask at the same time
	}
	for in := range o.gone {
		delete(o.rooms, in)
	}
	for in, r := range o.rooms {
		r.opened = o.opened[in]
	}
	return o, nil
}

func (o *outline) room(in space.ID) *room {
	if o.rooms[in] == nil {
		o.rooms[in] = &room{inboxes: map[inbox.ID]saved{}}
	}
	return o.rooms[in]
}

func (o *outline) take(r domain.Recorded) {
	switch e := r.Event.(type) {
	case organization.SpaceDeleted:
		o.gone[space.ID(e.Space)] = true
	case organization.SpaceOpened:
		o.opened[space.ID(e.Space)] = true
	case space.Event:
		in := o.room(spaceOf(r.Stream))
		in.state, in.known = space.Evolve(in.state, e, r.Moment), true
	case inbox.Saved:
		key := inbox.KeyOf(r.Stream)
		o.room(key.Space).inboxes[key.ID] = saved{name: e.Name, filter: e.Filter, at: r.At}
	case inbox.Deleted:
		key := inbox.KeyOf(r.Stream)
		delete(o.room(key.Space).inboxes, key.ID)
	case contact.Interaction:
		m := o.room(spaceOf(r.Stream)).month(r.Moment)
		switch e.Interacted().Way {
		case contact.Incoming:
			m.received++
		case contact.Outgoing:
			m.sent++
		}
	case contact.Event:
		key := contact.KeyOf(r.Stream)
		o.room(key.Space).month(r.Moment)
		o.link(key, e)
	}
}

// month is the month that an event counts in: the one it was recorded in, but none
// before the last one that anything counted in.
func (r *room) month(m domain.Moment) *month {
	of := firstOf(m.At)
	if begun := firstOf(r.state.Created); of.Before(begun) {
		of = begun
	}
	if n := len(r.months); n == 0 || of.After(r.months[n-1].of) {
		r.months = append(r.months, month{of: of, since: m.Position})
	}
	return &r.months[len(r.months)-1]
}

func firstOf(at time.Time) time.Time {
	at = at.UTC()
	return time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// link notes whom an event makes kin.
func (o *outline) link(key contact.Key, e contact.Event) {
	others := contact.Others(e)
	switch e := e.(type) {
	case contact.Created:
		o.some.add(key)
		if e.Of != "" {
			others = append(others, e.Of)
		}
	case contact.Split:
		others = append(others, e.Into)
	}
	for _, other := range others {
		a, b := o.sofar(key), o.sofar(contact.Key{Space: key.Space, ID: other})
		if compare(a, b) > 0 {
			a, b = b, a
		}
		takes := o.takes[a] || o.takes[b]
		o.kin[a], o.kin[b] = a, a
		if takes {
			o.takes[a] = true
		}
	}
	if _, ok := e.(contact.InteractionsTaken); ok {
		o.takes[o.sofar(key)] = true
	}
}

// first is the first of the kin of a contact: itself, if it has none.
func (o *outline) first(key contact.Key) contact.Key {
	if first, has := o.kin[key]; has {
		return first
	}
	return key
}

// sofar is the first of the kin of a contact as far as they are known while the journal
// is read.
func (o *outline) sofar(key contact.Key) contact.Key {
	up, has := o.kin[key]
	if !has || up == key {
		return key
	}
	first := o.sofar(up)
	o.kin[key] = first
	return first
}

func compare(a, b contact.Key) int {
	return cmp.Or(cmp.Compare(a.Space, b.Space), cmp.Compare(a.ID, b.ID))
}

// sample is some of all contacts, so many apart, by which they can be parted evenly.
type sample struct {
	every, seen int
	keys        []contact.Key
}

const sampled = 8192

func (s *sample) add(key contact.Key) {
	if s.seen++; s.seen%s.every != 0 {
		return
	}
	if s.keys = append(s.keys, key); len(s.keys) < sampled {
		return
	}
	s.every *= 2
	half := s.keys[:0]
	for i := 1; i < len(s.keys); i += 2 {
		half = append(half, s.keys[i])
	}
	s.keys = half
}

// bounds are the keys that part all contacts into n parts.
func (s *sample) bounds(n int) (bounds []contact.Key) {
	slices.SortFunc(s.keys, compare)
	for i := 1; i < n && len(s.keys) > 0; i++ {
		bounds = append(bounds, s.keys[i*len(s.keys)/n])
	}
	return slices.Compact(bounds)
}
