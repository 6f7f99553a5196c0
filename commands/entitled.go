package commands

import (
	"context"
	"time"

	"skein/domain/contact"
	"skein/domain/identifier"
)

// grace is how long a claim counts though its contact does not show the value
// yet: longer than any command takes from its claim to its end.
const grace = time.Minute

// right is what right the holder of a value has to it.
type right int

const (
	none     right = iota // its contact is no more, or does not show the value
	pending               // its contact does not show the value yet
	entitled              // its contact shows the value, also as a part of another one
)

// entitled finds out whether the holder of a value has a right to it, and which
// contact the value leads to. A claim whose command died before its end, and one
// of a contact that is no more, give no right. What was split off its holder leads to
// whom it went to.
func (h *Handler) entitled(ctx context.Context, in Room, held identifier.Identifier, c claimed) (contact.ID, right, error) {
	id, shower, err := h.shower(ctx, in, held.Holder, c)
	switch {
	case err != nil:
		return "", none, err
	case shower.Deleted > 0:
		return id, none, nil
	case shower.Created.IsZero() && id != held.Holder:
		return id, entitled, nil // it is about to be made, and has it already
	case !c.of(shower):
		if h.Now().Sub(held.Since) < grace && !held.Since.Before(h.Alone) && held.At >= in.Space.Tightened {
			return id, pending, nil
		}
		return id, none, nil
	}
	root, standing, err := h.resolve(ctx, in, id)
	if err != nil || standing.Deleted > 0 {
		return "", none, err
	}
	return root, entitled, nil
}

// shower is the contact whose own story has a value that a holder claimed: the holder,
// or whoever the value was split off to since.
func (h *Handler) shower(ctx context.Context, in Room, holder contact.ID, c claimed) (contact.ID, contact.Contact, error) {
	own, err := h.contact(ctx, in, holder)
	for err == nil && own.Deleted == 0 && !c.of(own) && own.Gave[c.slot()] != "" { // each went to a new contact
		holder = own.Gave[c.slot()]
		own, err = h.contact(ctx, in, holder)
	}
	return holder, own, err
}

// holder is the contact that a value leads to, and the one whose own story has it;
// none, if it leads to nobody.
func (h *Handler) holder(ctx context.Context, in Room, c claimed) (root, has contact.ID, err error) {
	told, err := load(ctx, h, h.identifier(in, c).Stream(), identifier.Evolve)
	if err != nil || told.state.Holder == "" {
		return "", "", err
	}
	root, right, err := h.entitled(ctx, in, told.state, c)
	if err != nil || right != entitled {
		return "", "", err
	}
	has, own, err := h.shower(ctx, in, told.state.Holder, c)
	if err == nil && own.Created.IsZero() { // it was split off right now, and leads to whom it went to
		root = has
	}
	return root, has, err
}
