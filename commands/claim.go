package commands

import (
	"context"
	"errors"
	"strings"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
	"skein/domain/space"
)

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
	return !strings.HasPrefix(string(kind), ofChannel) && !in.Space.Names(kind)
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
	if i, is := c.identity(); is {
		return refusal.Where("/identities").Naming("channel", i.Channel).Naming("holder", string(holder))
	}
	return refusal.Where("/fields/"+string(c.kind)).Naming("field", string(c.kind)).Naming("holder", string(holder))
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

func (h *Handler) identifier(in Room, c claimed) identifier.Key {
	return identifier.Key{Space: in.ID, Kind: c.kind, Hash: h.Hash(string(in.ID), string(c.kind), c.value)}
}
