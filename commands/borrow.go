package commands

import (
	"context"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
)

// A survivor can be given an identifier that is an absorbed contact's: the value
// names both of them, as they are one. The claim stays with the absorbed one, which
// has the value in its own story; the survivor borrows it, and has to give it back
// before, or at the latest when, the two come apart.

// giveBack clears what a contact has borrowed of one that is no part of it any
// more, and refuses it. Its history keeps that it was asked.
func (h *Handler) giveBack(ctx context.Context, by domain.By, in Room, id contact.ID) error {
	var taken error
	var lost contact.Edit
	err := h.eachBorrowed(ctx, in, id, func(c claimed, holder contact.ID) error {
		above, err := h.above(ctx, in, holder)
		if err != nil {
			return err
		}
		for _, one := range above {
			if one == id {
				return nil
			}
		}
		if in.Space.Identified > 0 { // it may be hidden, and then it is in nobody's way
			if shown, err := h.shows(ctx, in, id, c); err != nil || !shown {
				return err
			}
		}
		lost, taken = c.clear(lost), named(identifier.ErrTaken, c, holder)
		return nil
	})
	if err != nil || taken == nil {
		return err
	}
	if _, err := h.EditContact(ctx, step(by, "give back"), in, id, lost); err != nil {
		return err
	}
	return taken
}

// eachBorrowed calls yield with every value of a contact's own story that another
// contact holds and shows.
func (h *Handler) eachBorrowed(ctx context.Context, in Room, id contact.ID, yield func(c claimed, holder contact.ID) error) error {
	own, err := h.contact(ctx, in, id)
	if err != nil {
		return err
	}
	for _, c := range in.names(own) {
		if in.shares(c.kind) {
			continue
		}
		told, err := load(ctx, h, h.identifier(in, c).Stream(), identifier.Evolve)
		if err != nil {
			return err
		}
		if told.state.Holder == id || told.state.Holder == "" {
			continue
		}
		holder, err := h.contact(ctx, in, told.state.Holder)
		if err != nil {
			return err
		}
		if holder.Deleted == 0 && c.of(holder) {
			if err := yield(c, told.state.Holder); err != nil {
				return err
			}
		}
	}
	return nil
}

// above are the contacts that a contact is a part of, from its own survivor up.
func (h *Handler) above(ctx context.Context, in Room, id contact.ID) (ids []contact.ID, err error) {
	c, err := h.contact(ctx, in, id)
	for err == nil && c.Merge.Into != "" && len(ids) < 1000 { // crossing merges that nobody took back yet could go round
		survivor, err := h.contact(ctx, in, c.Merge.Into)
		if err != nil {
			return nil, err
		}
		if id, c, err = h.parent(ctx, in, c.Merge, survivor); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, err
}
