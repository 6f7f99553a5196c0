package commands

import (
	"context"

	"skein/domain"
	"skein/domain/contact"
)

// MergeContacts lets a survivor absorb another contact, by one fact in the
// history of the one that is absorbed. If the survivor was absorbed or deleted
// itself before that fact came to be, the merge is void, and is taken back.
func (h *Handler) MergeContacts(ctx context.Context, by domain.By, in Room, survivor, absorbed contact.ID, choices map[string]contact.Choice) (domain.Position, error) {
	into, err := h.contact(ctx, in, survivor)
	if err != nil {
		return 0, err
	}
	at, err := carryOut(ctx, h, by, in.contact(absorbed), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
		return contact.Decide(c, contact.Absorb{Self: absorbed, Into: survivor, Survivor: into, Space: in.Space, Choices: choices})
	})
	if err != nil {
		return 0, err
	}
	if into, err = h.contact(ctx, in, survivor); err != nil {
		return 0, err
	}
	if !void(into, at) {
		return at, nil
	}
	if at, err = h.takeBack(ctx, by, in, absorbed); err != nil {
		return 0, err
	}
	return at, into.Standing()
}

// UnmergeContact lets an absorbed contact stand alone again. If its survivor was
// deleted before that, the absorbed contact went with it, and goes now for good.
func (h *Handler) UnmergeContact(ctx context.Context, by domain.By, in Room, absorbed contact.ID) (domain.Position, error) {
	survivor, root, err := h.resolve(ctx, in, absorbed)
	if err != nil {
		return 0, err
	}
	if root.Deleted > 0 {
		return 0, contact.ErrDeleted
	}
	at, err := h.takeBack(ctx, by, in, absorbed)
	if err != nil || survivor == absorbed {
		return at, err
	}
	if root, err = h.contact(ctx, in, survivor); err != nil || root.Deleted == 0 || root.Deleted > at {
		return at, err
	}
	if _, err := h.DeleteContact(ctx, by, in, absorbed); err != nil {
		return 0, err
	}
	return 0, contact.ErrDeleted
}

func (h *Handler) takeBack(ctx context.Context, by domain.By, in Room, absorbed contact.ID) (domain.Position, error) {
	return carryOut(ctx, h, step(by, "back"), in.contact(absorbed), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
		return contact.Decide(c, contact.Unmerge{})
	})
}

// void reports whether a merge at a position into the survivor counts for
// nothing, because the survivor did not stand at that moment (see [contact.Family]).
func void(survivor contact.Contact, at domain.Position) bool {
	return survivor.Merge.Into != "" && survivor.Merge.At < at || survivor.Deleted > 0 && survivor.Deleted < at
}

// resolve follows the merges from a contact to the one it is part of now, and
// returns that one's own story. A void merge that nobody took back is taken back
// on the way.
func (h *Handler) resolve(ctx context.Context, in Room, id contact.ID) (contact.ID, contact.Contact, error) {
	c, err := h.contact(ctx, in, id)
	for err == nil && c.Merge.Into != "" {
		survivor, err := h.contact(ctx, in, c.Merge.Into)
		if err != nil {
			return "", contact.Contact{}, err
		}
		if void(survivor, c.Merge.At) {
			if _, err := h.takeBack(ctx, domain.By{Actor: "system:merge"}, in, id); err != nil {
				return "", contact.Contact{}, err
			}
			c.Merge = contact.Merge{}
			break
		}
		id, c = c.Merge.Into, survivor
	}
	return id, c, err
}
