package commands

import (
	"context"
	"iter"

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
}

// family is the contacts and all that are a part of them, as the journal tells them.
func (h *Handler) family(ctx context.Context, in Room, ids ...contact.ID) (*contact.Family, error) {
	told := &contact.Family{}
	for _, id := range ids {
		within, err := h.Showing.Within(ctx, in.ID, id)
		if err != nil {
			return nil, err
		}
		for _, one := range within {
			c, err := h.contact(ctx, in, one)
			if err != nil {
				return nil, err
			}
			told.Put(one, c)
		}
	}
	return told, nil
}

// shows reports whether people see a value of a contact's own story, or of one that
// is a part of it.
func (h *Handler) shows(ctx context.Context, in Room, id contact.ID, c claimed) (bool, error) {
	family, err := h.family(ctx, in, id)
	if err != nil {
		return false, err
	}
	return family.Told(id).Field(c.field()) == c.value, nil
}
