package commands

import (
	"context"
	"iter"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
	"skein/domain/space"
)

// Showing tells what contacts of a space show. What had been recorded when it was
// asked is in its answers.
type Showing interface {
	// Of yields the contacts that show a value of an identifier, or any value if it
	// is empty, by value, those who were in touch last before the others.
	Of(ctx context.Context, in space.ID, kind space.Identifier, value string) iter.Seq2[identifier.Shown, error]

	// Within is a contact and all that are a part of it, at whatever depth.
	Within(ctx context.Context, in space.ID, id contact.ID) ([]contact.ID, error)

	// Family is a contact and all that are one with it, each as its own history and
	// its conversation say.
	Family(ctx context.Context, in space.ID, id contact.ID) (*contact.Family, error)

	// Kin are contacts and all who were ever one with them or split off, at whatever depth,
	// whether they stand or not.
	Kin(ctx context.Context, in space.ID, ids ...contact.ID) ([]contact.ID, error)

	// Noted yields the interactions that are a contact's own and were recorded after a
	// position, in the order of the journal.
	Noted(ctx context.Context, in space.ID, id contact.ID, after domain.Position) iter.Seq2[contact.Noted, error]
}

// family is the contacts and all that are a part of them, as they were told when this was
// asked or a moment later.
func (h *Handler) family(ctx context.Context, in Room, ids ...contact.ID) (*contact.Family, error) {
	told := &contact.Family{}
	for _, id := range ids {
		if h.Showing == nil {
			own, err := load(ctx, h, in.contact(id), contact.Evolve)
			if err != nil {
				return nil, err
			}
			own.state.Length = own.length
			told.Put(id, own.state)
			continue
		}
		whole, err := h.Showing.Family(ctx, in.ID, id)
		if err != nil {
			return nil, err
		}
		for _, one := range whole.Within(id) {
			told.Put(one, whole.Own(one))
		}
	}
	return told, nil
}

// within is a contact and all that are a part of it, as far as anybody knows.
func (h *Handler) within(ctx context.Context, in Room, id contact.ID) ([]contact.ID, error) {
	if h.Showing == nil {
		return []contact.ID{id}, nil
	}
	return h.Showing.Within(ctx, in.ID, id)
}

// shows reports whether people see a value of a contact's own story, or of one that
// is a part of it.
func (h *Handler) shows(ctx context.Context, in Room, id contact.ID, c claimed) (bool, error) {
	family, err := h.family(ctx, in, id)
	if err != nil {
		return false, err
	}
	return c.of(family.Told(id)), nil
}
