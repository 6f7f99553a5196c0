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
	if into.StoodAt(at) {
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
	at, err := h.standApart(ctx, by, in, survivor, absorbed, contact.Unmerge{})
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

// takeBack undoes a merge that never counted.
func (h *Handler) takeBack(ctx context.Context, by domain.By, in Room, absorbed contact.ID) (domain.Position, error) {
	return h.standAlone(ctx, step(by, "back"), in, absorbed, contact.Unmerge{Void: true})
}

func (h *Handler) standAlone(ctx context.Context, by domain.By, in Room, absorbed contact.ID, cmd contact.Unmerge) (domain.Position, error) {
	return carryOut(ctx, h, by, in.contact(absorbed), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
		return contact.Decide(c, cmd)
	})
}

// void reports whether a merge counts for nothing, because its survivor did not stand
// at that moment or what it was decided on had moved on (see [contact.Family]).
func (h *Handler) void(ctx context.Context, in Room, survivor contact.Contact, m contact.Merge) (bool, error) {
	if !survivor.StoodAt(m.At) {
		return true, nil
	}
	for id, length := range m.Seen {
		for r, err := range h.Journal.Read(ctx, in.contact(id), length) {
			if err != nil {
				return false, unreadable(in.contact(id), err)
			}
			if r.Position < m.At {
				return true, nil
			}
			break
		}
	}
	return false, nil
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
		void, err := h.void(ctx, in, survivor, c.Merge)
		if err != nil {
			return "", contact.Contact{}, err
		}
		if void {
			if _, err := h.takeBack(ctx, domain.By{Actor: "system:merge"}, in, id); err != nil {
				return "", contact.Contact{}, err
			}
			c.Merge = contact.Merge{}
			break
		}
		if id, c, err = h.parent(ctx, in, c.Merge, survivor); err != nil {
			return "", contact.Contact{}, err
		}
	}
	return id, c, err
}

// parent is the contact that one is directly a part of which was absorbed by the
// survivor: that one, or one that it left alone since.
func (h *Handler) parent(ctx context.Context, in Room, m contact.Merge, survivor contact.Contact) (contact.ID, contact.Contact, error) {
	id, c, since := m.Into, survivor, m.At
	for {
		next, at := c.Parent(id, since)
		if next == id {
			return id, c, nil
		}
		var err error
		if c, err = h.contact(ctx, in, next); err != nil {
			return "", contact.Contact{}, err
		}
		id, since = next, at
	}
}
