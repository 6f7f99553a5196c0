package commands

import (
	"context"
	"errors"
	"slices"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// CreateContact makes a contact known to a space.
func (h *Handler) CreateContact(ctx context.Context, by domain.By, in Room, cmd contact.Create) (contact.ID, domain.Position, error) {
	in, err := h.room(ctx, in.ID)
	if err != nil {
		return "", 0, err
	}
	id := contact.ID(h.IDFor(by))
	cmd.Space = in.Space
	if by.Key != "" { // it may have been made before
		told, err := load(ctx, h, in.contact(id), contact.Evolve)
		if err != nil {
			return "", 0, err
		}
		if at, done, err := told.carriedOut(by); done || err != nil {
			return id, at, err
		}
	}
	if _, err := contact.Decide(contact.Contact{}, cmd); err != nil {
		return "", 0, err
	}
	var at domain.Position
	err = h.admit(ctx, in, func(ctx context.Context) error {
		return h.naming(ctx, in, func(ctx context.Context, in Room) (err error) {
			cmd.Space = in.Space
			at, err = h.bear(ctx, by, in, id, cmd)
			return err
		})
	})
	if err != nil {
		return "", 0, err
	}
	return id, at, nil
}

// bear makes a contact under an id that nobody has, with what leads to it.
func (h *Handler) bear(ctx context.Context, by domain.By, in Room, id contact.ID, cmd contact.Create) (domain.Position, error) {
	decided, err := contact.Decide(contact.Contact{}, cmd)
	if err != nil {
		return 0, err
	}
	fresh, err := h.claim(ctx, by, in, id, in.said(decided))
	if err != nil {
		return 0, err
	}
	at, err := begin(ctx, h, by, in.contact(id), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
		return contact.Decide(c, cmd)
	})
	var refused *domain.Refusal
	if errors.As(err, &refused) {
		h.release(ctx, by, in, id, fresh, 0)
	}
	return at, err
}

// EditContact changes values of a contact. Identifiers it gives up are free
// afterwards (C1-23).
func (h *Handler) EditContact(ctx context.Context, by domain.By, in Room, id contact.ID, cmd contact.Edit) (domain.Position, error) {
	var given []claimed
	var identified bool
	var at domain.Position
	err := h.naming(ctx, in, func(ctx context.Context, now Room) (err error) {
		in, cmd.Space = now, now.Space
		identified = in.identifies(cmd) // also if it was done before: its end may have been cut off
		at, err = carryOut(ctx, h, by, in.contact(id), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
			decided, err := contact.Decide(c, cmd)
			if err != nil {
				return nil, err
			}
			given = in.given(c, decided)
			_, err = h.claim(ctx, by, in, id, in.said(decided))
			return decided, err
		})
		return err
	})
	if err != nil {
		return 0, h.leads(ctx, in, id, err)
	}
	h.release(ctx, by, in, id, given, at)
	if !identified {
		return at, nil
	}
	return at, h.giveBack(ctx, by, in, id)
}

// identifies reports whether an edit says what names a contact in the room.
func (in Room) identifies(cmd contact.Edit) bool {
	return len(cmd.Link) > 0 || slices.ContainsFunc(in.Space.Claimed(), func(kind space.Identifier) bool {
		return cmd.Fields[string(kind)] != ""
	})
}

// DeleteContact deletes a contact with all it absorbed. What named it is free
// afterwards.
func (h *Handler) DeleteContact(ctx context.Context, by domain.By, in Room, id contact.ID) (domain.Position, error) {
	in, err := h.room(ctx, in.ID)
	if err != nil {
		return 0, err
	}
	var names []claimed
	at, err := carryOut(ctx, h, by, in.contact(id), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
		names = in.names(c)
		return contact.Decide(c, contact.Delete{})
	})
	if err != nil {
		return 0, h.leads(ctx, in, id, err)
	}
	h.release(ctx, by, in, id, names, at)
	return at, nil
}

// names are the values of a contact's own story that are claimed in the room.
func (in Room) names(c contact.Contact) []claimed {
	says := make(map[contact.Slot]string, len(c.Values))
	for slot, v := range c.Values {
		says[slot] = v.Text
	}
	return in.claims(says)
}

// leads is the refusal of what was asked of a contact, leading to the contact it
// is a part of now, or saying that it went with it.
func (h *Handler) leads(ctx context.Context, in Room, id contact.ID, refused error) error {
	if !errors.Is(refused, contact.ErrMerged) {
		return refused
	}
	root, standing, err := h.resolve(ctx, in, id)
	switch {
	case err != nil:
		return err
	case standing.Deleted > 0:
		return contact.ErrDeleted
	case root == id: // its merge was void, and was taken back just now
		return ErrBusy
	}
	return contact.ErrMerged.Naming("survivor", string(root))
}

// contact is the stream of a contact in the room.
func (in Room) contact(id contact.ID) domain.Stream {
	return contact.Key{Space: in.ID, ID: id}.Stream()
}

// contact is a contact's own story.
func (h *Handler) contact(ctx context.Context, in Room, id contact.ID) (contact.Contact, error) {
	told, err := load(ctx, h, in.contact(id), contact.Evolve)
	return told.state, err
}
