package verify

import (
	"context"
	"slices"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// telling is contacts as the journal tells them, by space.
type telling map[space.ID]*told

// told is contacts of one space.
type told struct {
	in      space.ID
	outline *outline
	alone   contact.Family                 // those who have no kin
	kin     map[contact.ID]*contact.Family // by the first of them
	seen    map[contact.ID]domain.Position // everybody something happened to or was said of, and where they were changed last for people
	merges  map[contact.ID][]merging       // by who was absorbed
	splits  map[contact.ID][]splitting     // by the new contact
	heard   map[contact.ID]*heard          // by whose it is
	changes []uint64                       // see room.changes
}

// tell tells the contacts that are wanted, whose ids begin alike after their space. To
// look closely keeps every interaction.
func (c *check) tell(
	ctx context.Context, what string, until domain.Position, o *outline, wanted func(contact.Key) bool, begin string, closely bool,
) (telling, error) {
	all := telling{}
	concerns := ofCategory("contact", "conversation")
	sifted := func(s domain.Stream) bool {
		key := contact.KeyOf(s)
		return concerns(s) && !o.gone[key.Space] && wanted(key)
	}
	for r, err := range c.Journal(ctx, until, sifted, "contact-"+begin, "conversation-"+begin) {
		if err != nil && r.Stream == "" {
			return nil, err
		}
		if err != nil || o.parked[r.Position] {
			continue
		}
		switch r.Event.(type) {
		case contact.Event, contact.Interaction:
			key := contact.KeyOf(r.Stream)
			t := all[key.Space]
			if t == nil {
				t = &told{
					in: key.Space, outline: o, kin: map[contact.ID]*contact.Family{},
					seen: map[contact.ID]domain.Position{}, heard: map[contact.ID]*heard{},
					merges: map[contact.ID][]merging{}, splits: map[contact.ID][]splitting{},
				}
				all[key.Space] = t
			}
			t.tell(key.ID, r, closely || o.takes[o.first(key)])
		}
		c.Reach(what, r.Position)
	}
	return all, nil
}

// family is the contacts that a contact is told with.
func (t *told) family(id contact.ID) *contact.Family {
	first, has := t.outline.kin[contact.Key{Space: t.in, ID: id}]
	if !has {
		return &t.alone
	}
	f := t.kin[first.ID]
	if f == nil {
		f = &contact.Family{}
		t.kin[first.ID] = f
	}
	return f
}

// tell goes through what happened to a contact.
func (t *told) tell(id contact.ID, r domain.Recorded, closely bool) {
	family := t.family(id)
	was := family.Own(id)
	with := t.with(id, was, r.Event)
	t.look(id, with, r.Position)
	family.Tell(r)
	t.look(id, with, r.Position)
	is := family.Own(id)
	if stood, stands := was.Standing() == nil, is.Standing() == nil; stood != stands {
		change := 2 * uint64(r.Position)
		if stands {
			change++
		}
		t.changes = append(t.changes, change)
	}
	if was.Deleted > 0 {
		return
	}
	switch e := r.Event.(type) {
	case contact.Merged:
		if is.Merge.At == r.Position {
			t.merges[id] = append(t.merges[id], merging{id: e.ID, batch: e.Batch, into: e.Survivor, at: r.Position, when: r.At, by: r.By.Actor})
		}
	case contact.Unmerged:
		if was.Merge.Into != "" {
			t.undone(id, r)
		}
	case contact.Split:
		t.splits[e.Into] = append(t.splits[e.Into], splitting{of: id, at: r.Position, when: r.At, by: r.By.Actor})
	case contact.Interaction:
		t.hear(id, r, e.Interacted(), closely)
	case contact.InteractionsTaken:
		t.take(id, e)
	case contact.Deleted:
		for _, one := range append(with, id) {
			delete(t.heard, one)
		}
	}
}

// with are the other contacts whose own stories change with an event.
func (t *told) with(id contact.ID, was contact.Contact, e domain.Event) []contact.ID {
	if was.Deleted > 0 {
		return nil
	}
	switch e := e.(type) {
	case contact.Unmerged:
		if e.Alone {
			return slices.Clone(t.family(id).Absorbed(id))
		}
	case contact.InteractionsTaken:
		return slices.Clone(e.From)
	case contact.Deleted:
		return t.family(id).Within(id)[1:]
	}
	return nil
}

// look notes that people see contacts, or those they are a part of, otherwise.
func (t *told) look(id contact.ID, with []contact.ID, at domain.Position) {
	family := t.family(id)
	t.seen[family.Root(id)] = at
	for _, one := range with {
		t.seen[family.Root(one)] = at
	}
	for _, one := range append(with, id) {
		if _, known := t.seen[one]; !known {
			t.seen[one] = at
		}
	}
}
