package commands

import (
	"context"
	"errors"
	"time"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
	"skein/domain/space"
)

// grace is how long a claim counts though its contact does not show the value
// yet: longer than any command takes from its claim to its end.
const grace = time.Minute

// claimed is a value that names a contact.
type claimed struct {
	kind  space.Identifier
	value string
}

// field is the field that shows the value on its contact.
func (c claimed) field() string {
	if c.kind == mailAddress {
		return string(space.Email)
	}
	return string(c.kind)
}

// said are the values of the room's identifiers that events give a contact, in
// the order of the identifiers, those that are given up being empty.
func (in Room) said(events []contact.Event) (values []claimed) {
	for _, e := range events {
		var says map[contact.Slot]string
		switch e := e.(type) {
		case contact.Created:
			says = e.Says
		case contact.Edited:
			says = e.Says
		}
		for _, kind := range in.Space.Claimed() {
			if value, said := says[contact.Slot(kind)]; said {
				values = append(values, claimed{kind, value})
			}
		}
	}
	return values
}

// claim makes id the contact that the values name, or none of them if one is
// another contact's. It returns those that are new to the contact.
func (h *Handler) claim(ctx context.Context, by domain.By, in Room, id contact.ID, values []claimed) (fresh []claimed, err error) {
	for _, c := range values {
		isNew, err := h.claimOne(ctx, by, in, id, c)
		if err != nil {
			h.release(ctx, by, in, id, fresh, 0)
			if in.shares(c.kind) && (errors.Is(err, identifier.ErrTaken) || errors.Is(err, identifier.ErrPending)) {
				err = h.contend(ctx, in)
			}
			return nil, err
		}
		if isNew {
			fresh = append(fresh, c)
		}
	}
	return fresh, nil
}

// shares reports whether contacts may share values of an identifier that are claimed
// all the same, because that is about to end.
func (in Room) shares(kind space.Identifier) bool {
	return kind != mailAddress && !in.Space.Names(kind)
}

// claimOne claims one value, over a holder that has no right to it if need be. A
// value of a contact that is a part of this one is left with it, and borrowed. It
// reports whether the value was not the contact's before.
func (h *Handler) claimOne(ctx context.Context, by domain.By, in Room, id contact.ID, c claimed) (fresh bool, err error) {
	if c.value == "" {
		return false, nil
	}
	s := h.identifier(in, c).Stream()
	cmd := identifier.Claim{For: id, Anew: true}
	for attempt := 1; ; attempt++ {
		var held identifier.Identifier
		_, err := begin(ctx, h, natural(by), s, identifier.Evolve, func(i identifier.Identifier) ([]identifier.Event, error) {
			held, fresh = i, i.Holder != id
			return identifier.Decide(i, cmd)
		})
		if !errors.Is(err, identifier.ErrTaken) {
			return fresh, err
		}
		root, right, err := h.entitled(ctx, in, held, c)
		switch {
		case err != nil:
			return false, err
		case attempt == attempts:
			return false, named(identifier.ErrPending, c, held.Holder)
		case right == pending:
			if err := pause(ctx, attempt); err != nil {
				return false, err
			}
			continue
		case right == entitled && root == id:
			return false, nil // it stays with the part of the contact whose it is
		case right == entitled:
			return false, named(identifier.ErrTaken, c, root)
		}
		cmd.Over, cmd.Found = held.Holder, held.At
	}
}

func named(refusal *domain.Refusal, c claimed, holder contact.ID) error {
	return refusal.Where("/fields/"+c.field()).Naming("field", c.field()).Naming("holder", string(holder))
}

// right is what right the holder of a value has to it.
type right int

const (
	none     right = iota // its contact is no more, or does not show the value
	pending               // its contact does not show the value yet
	entitled              // its contact shows the value, also as a part of another one
)

// entitled finds out whether the holder of a value has a right to it, and which
// contact the value leads to. A claim whose command died before its end, and one
// of a contact that is no more, give no right.
func (h *Handler) entitled(ctx context.Context, in Room, held identifier.Identifier, c claimed) (contact.ID, right, error) {
	holder, err := h.contact(ctx, in, held.Holder)
	if err != nil {
		return "", none, err
	}
	if holder.Deleted > 0 {
		return held.Holder, none, nil
	}
	if holder.Field(c.field()) != c.value {
		if h.Now().Sub(held.Since) < grace && !held.Since.Before(h.Alone) && held.At >= in.Space.Tightened {
			return held.Holder, pending, nil
		}
		return held.Holder, none, nil
	}
	root, standing, err := h.resolve(ctx, in, held.Holder)
	if err != nil || standing.Deleted > 0 {
		return "", none, err
	}
	return root, entitled, nil
}

// release frees values that the contact gave up at a position, or never had (0).
// What cannot be freed now is free for the next one who claims it, since nobody
// has a right to it any more.
func (h *Handler) release(ctx context.Context, by domain.By, in Room, id contact.ID, values []claimed, at domain.Position) {
	ctx = context.WithoutCancel(ctx)
	for _, c := range values {
		_, _ = carryOut(ctx, h, natural(by), h.identifier(in, c).Stream(), identifier.Evolve, func(i identifier.Identifier) ([]identifier.Event, error) {
			return identifier.Decide(i, identifier.Release{By: id, Before: at})
		})
	}
}

// holder is the contact that a value leads to, if there is one.
func (h *Handler) holder(ctx context.Context, in Room, c claimed) (contact.ID, bool, error) {
	told, err := load(ctx, h, h.identifier(in, c).Stream(), identifier.Evolve)
	if err != nil || told.state.Holder == "" {
		return "", false, err
	}
	root, right, err := h.entitled(ctx, in, told.state, c)
	return root, right == entitled, err
}

func (h *Handler) identifier(in Room, c claimed) identifier.Key {
	return identifier.Key{Space: in.ID, Kind: c.kind, Hash: h.Hash(string(in.ID), string(c.kind), c.value)}
}
