package commands

import (
	"context"
	"errors"
	"slices"

	"skein/domain"
	"skein/domain/contact"
)

// CreateContact makes a contact known to a space.
func (h *Handler) CreateContact(ctx context.Context, by domain.By, in Room, cmd contact.Create) (contact.ID, domain.Position, error) {
	return h.create(ctx, by, in, cmd)
}

// create makes a contact that its identifiers, and the other values, lead to.
func (h *Handler) create(ctx context.Context, by domain.By, in Room, cmd contact.Create, others ...claimed) (contact.ID, domain.Position, error) {
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
	decided, err := contact.Decide(contact.Contact{}, cmd)
	if err != nil {
		return "", 0, err
	}
	fresh, err := h.claim(ctx, by, in, id, slices.Compact(append(others, in.said(decided)...)))
	if err != nil {
		return "", 0, err
	}
	at, err := begin(ctx, h, by, in.contact(id), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
		return contact.Decide(c, cmd)
	})
	var refused *domain.Refusal
	if errors.As(err, &refused) {
		h.release(ctx, by, in, id, fresh)
	}
	return id, at, err
}

// EditContact changes values of a contact. Identifiers it gives up are free
// afterwards (C1-23).
func (h *Handler) EditContact(ctx context.Context, by domain.By, in Room, id contact.ID, cmd contact.Edit) (domain.Position, error) {
	cmd.Space = in.Space
	var given []claimed
	at, err := carryOut(ctx, h, by, in.contact(id), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
		decided, err := contact.Decide(c, cmd)
		if err != nil {
			return nil, err
		}
		given = nil
		for _, now := range in.said(decided) {
			if was := c.Field(now.field()); was != "" && was != now.value {
				given = append(given, claimed{now.kind, was})
			}
		}
		_, err = h.claim(ctx, by, in, id, in.said(decided))
		return decided, err
	})
	if err == nil {
		h.release(ctx, by, in, id, given)
	}
	return at, err
}

// DeleteContact deletes a contact with all it absorbed. What named it is free
// afterwards.
func (h *Handler) DeleteContact(ctx context.Context, by domain.By, in Room, id contact.ID) (domain.Position, error) {
	var names []claimed
	at, err := carryOut(ctx, h, by, in.contact(id), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
		names = nil
		for _, kind := range in.Space.Unique {
			if value := c.Field(string(kind)); value != "" {
				names = append(names, claimed{kind, value})
			}
		}
		return contact.Decide(c, contact.Delete{})
	})
	if err == nil {
		h.release(ctx, by, in, id, names)
	}
	return at, err
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
