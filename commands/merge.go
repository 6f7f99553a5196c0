package commands

import (
	"context"
	"errors"

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
		return 0, h.leads(ctx, in, absorbed, err)
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

// UnmergeContact lets an absorbed contact stand alone again. What its survivor has
// borrowed of it, by being given an identifier that is the absorbed one's, has to be
// given back first (D2-5). If the survivor was deleted in the meantime, the absorbed
// contact went with it, and goes now for good.
func (h *Handler) UnmergeContact(ctx context.Context, by domain.By, in Room, absorbed contact.ID) (domain.Position, error) {
	in, err := h.room(ctx, in.ID)
	if err != nil {
		return 0, err
	}
	survivor, root, err := h.resolve(ctx, in, absorbed)
	if err != nil {
		return 0, err
	}
	if root.Deleted > 0 {
		return 0, contact.ErrDeleted
	}
	above, err := h.above(ctx, in, absorbed)
	if err != nil {
		return 0, err
	}
	for _, one := range above {
		if err := h.lent(ctx, in, absorbed, one); err != nil {
			return 0, err
		}
	}
	at, err := h.standApart(ctx, by, in, survivor, absorbed)
	if err != nil || survivor == absorbed {
		return at, err
	}
	if root, err = h.contact(ctx, in, survivor); err != nil {
		return at, err
	}
	if root.Deleted > 0 && root.Deleted < at {
		if _, err := h.DeleteContact(ctx, step(by, "delete"), in, absorbed); err != nil {
			return 0, err
		}
		return 0, contact.ErrDeleted
	}
	for _, one := range above { // one of them may have borrowed something at this very moment
		var refused *domain.Refusal
		if err := h.giveBack(ctx, step(by, string(one)), in, one); err != nil && !errors.As(err, &refused) {
			return at, err
		}
	}
	return at, nil
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
