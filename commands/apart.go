package commands

import (
	"context"
	"errors"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
)

// Contacts that are one share what names them, and one claim is enough for it. As
// long as what names a contact was never changed, no two of them have the same value
// of their own, unless it is borrowed. Afterwards they can: what they come to show
// when they come apart has to be claimed for each, or they stay together.

// standApart takes a contact out of the one it is a part of, whose root is given.
func (h *Handler) standApart(ctx context.Context, by domain.By, in Room, root, absorbed contact.ID, cmd contact.Unmerge) (domain.Position, error) {
	var at domain.Position
	var lost loss
	err := h.naming(ctx, in, func(ctx context.Context, in Room) (err error) {
		changed := root != absorbed && (in.Space.Identified > 0 || in.Space.Tightening.Since > 0)
		if changed {
			if _, err := h.divide(ctx, by, in, root, absorbed); err != nil {
				return err
			}
		}
		if at, err = h.standAlone(ctx, step(by, "back"), in, absorbed, cmd); err == nil && changed {
			lost, err = h.divide(ctx, by, in, root, absorbed)
		}
		return err
	})
	if refusesValue(err) && lost.by != "" { // somebody else took it at this very moment
		cleared := contact.Edit{Fields: map[string]string{lost.field(): ""}}
		if _, err := h.EditContact(ctx, step(by, "lose"), in, lost.by, cleared); err != nil {
			return 0, err
		}
	}
	return at, err
}

// loss is a value that a contact would show and cannot have.
type loss struct {
	by contact.ID
	claimed
}

// divide claims what two contacts show once one is no part of the other any more. It
// refuses what cannot be claimed, and returns it.
func (h *Handler) divide(ctx context.Context, by domain.By, in Room, root, absorbed contact.ID) (lost loss, err error) {
	whole, err := h.family(ctx, in, root, absorbed)
	if err != nil {
		return loss{}, err
	}
	apart := whole.Clone()
	alone := apart.Own(absorbed)
	alone.Merge = contact.Merge{}
	apart.Put(absorbed, alone)
	for _, kind := range in.Space.Claimed() {
		slot := contact.Slot(kind)
		mine, theirs := apart.Told(absorbed).Values[slot], apart.Told(root).Values[slot]
		lost := loss{absorbed, claimed{kind, mine.Text}}
		if mine.Text != "" && mine.Text == theirs.Text {
			err = named(identifier.ErrTaken, lost.claimed, root)
		} else if err = h.assure(ctx, by, in, absorbed, mine.By(absorbed), &apart, lost.claimed); err == nil {
			lost = loss{root, claimed{kind, theirs.Text}}
			err = h.assure(ctx, by, in, root, theirs.By(root), &apart, lost.claimed)
		}
		switch {
		case err == nil:
		case in.shares(kind) && refusesValue(err):
			return loss{}, h.contend(ctx, in)
		default:
			return lost, err
		}
	}
	return loss{}, nil
}

// assure claims a value that a contact shows for the one of its family who has it,
// unless one of them holds it already.
func (h *Handler) assure(ctx context.Context, by domain.By, in Room, shower, owner contact.ID, family *contact.Family, c claimed) error {
	if c.value == "" {
		return nil
	}
	s := h.identifier(in, c).Stream()
	cmd := identifier.Claim{For: owner, Anew: true}
	for attempt := 1; ; attempt++ {
		var held identifier.Identifier
		_, err := carryOut(ctx, h, natural(by), s, identifier.Evolve, func(i identifier.Identifier) ([]identifier.Event, error) {
			held = i
			return identifier.Decide(i, cmd)
		})
		if !errors.Is(err, identifier.ErrTaken) {
			return err
		}
		root, right, err := h.entitled(ctx, in, held, c)
		ours := right == entitled && family.Root(root) == root && family.Own(root).Standing() == nil && !family.Own(held.Holder).Created.IsZero()
		switch {
		case err != nil:
			return err
		case attempt == attempts:
			return named(identifier.ErrPending, c, held.Holder)
		case right == pending:
			if err := pause(ctx, attempt); err != nil {
				return err
			}
			continue
		case right == entitled && !ours:
			if hidden, err := h.hides(ctx, in, root, c); err != nil {
				return err
			} else if !hidden {
				return named(identifier.ErrTaken, c, root)
			}
		case ours && family.Root(held.Holder) == shower:
			cmd = identifier.Claim{For: held.Holder, Anew: true} // so that whoever is about to take it looks again
			continue
		}
		cmd.Over, cmd.Found = held.Holder, held.At
	}
}

// hides reports whether a contact has a value and does not show it, so that it may go
// to one who does when the value is about to name one contact.
func (h *Handler) hides(ctx context.Context, in Room, id contact.ID, c claimed) (bool, error) {
	if !in.shares(c.kind) {
		return false, nil
	}
	shown, err := h.shows(ctx, in, id, c)
	return !shown, err
}

func refusesValue(err error) bool {
	return errors.Is(err, identifier.ErrTaken) || errors.Is(err, identifier.ErrPending)
}
