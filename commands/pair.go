package commands

import (
	"context"
	"errors"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/pair"
)

// JudgeDistinct notes that two contacts of the room are not one, in whichever order
// they are named: they are not suggested any more, and merging them is warned of
// (D1-20).
func (h *Handler) JudgeDistinct(ctx context.Context, by domain.By, in Room, a, b contact.ID) (domain.Position, error) {
	return h.say(ctx, by, in, a, b, func(one, other contact.Contact, apart domain.Position) pair.Command {
		return pair.JudgeDistinct{A: a, B: b, One: one, Other: other, Apart: apart}
	})
}

// Reconsider takes back that two contacts of the room are distinct, whether somebody
// said so or they were taken apart after a merge.
func (h *Handler) Reconsider(ctx context.Context, by domain.By, in Room, a, b contact.ID) (domain.Position, error) {
	return h.say(ctx, by, in, a, b, func(one, other contact.Contact, apart domain.Position) pair.Command {
		return pair.Reconsider{A: a, B: b, One: one, Other: other, Apart: apart}
	})
}

// say says something of two contacts as they stand.
func (h *Handler) say(
	ctx context.Context, by domain.By, in Room, a, b contact.ID,
	what func(one, other contact.Contact, apart domain.Position) pair.Command,
) (domain.Position, error) {
	one, other, apart, err := h.both(ctx, in, a, b)
	if err != nil {
		return 0, err
	}
	at, err := carryOut(ctx, h, by, pair.KeyOf(in.ID, a, b).Stream(), pair.Evolve, func(p pair.Pair) ([]pair.Event, error) {
		return pair.Decide(p, what(one, other, apart))
	})
	if errors.Is(err, contact.ErrMerged) {
		return 0, h.leadsOneOf(ctx, in, a, b, err)
	}
	return max(at, apart), err
}

// leadsOneOf is leads for what was asked of two contacts and refused because of one.
func (h *Handler) leadsOneOf(ctx context.Context, in Room, a, b contact.ID, err error) error {
	var refused, led *domain.Refusal
	if !errors.As(err, &refused) {
		return err
	}
	id := a
	if refused.At == "/b" {
		id = b
	}
	if err = h.leads(ctx, in, id, err); errors.As(err, &led) {
		return led.Where(refused.At)
	}
	return err
}

// Distinct reports whether two contacts of the room are known not to be one: somebody
// said so, or took them apart after a merge, and nobody thought better of it (D1-20,
// D2-13). It is told from the journal and never behind. What is known of others that
// were merged into them does not count.
func (h *Handler) Distinct(ctx context.Context, in Room, a, b contact.ID) (bool, error) {
	told, err := load(ctx, h, pair.KeyOf(in.ID, a, b).Stream(), pair.Evolve)
	if err != nil || told.state.Judged {
		return err == nil, err
	}
	_, _, apart, err := h.both(ctx, in, a, b)
	return told.state.Distinct(apart), err
}

// both are two contacts' own stories, and where the one was last taken out of the other
// or split off it.
func (h *Handler) both(ctx context.Context, in Room, a, b contact.ID) (one, other contact.Contact, apart domain.Position, err error) {
	if one, err = h.contact(ctx, in, a); err != nil {
		return one, other, 0, err
	}
	if other, err = h.contact(ctx, in, b); err != nil {
		return one, other, 0, err
	}
	mine, err := h.apart(ctx, in, a, one, b)
	if err != nil {
		return one, other, 0, err
	}
	theirs, err := h.apart(ctx, in, b, other, a)
	return one, other, max(mine, theirs), err
}

// apart is where a contact was last taken out of another one, or split in two with it,
// as its own history tells; 0: never.
func (h *Handler) apart(ctx context.Context, in Room, id contact.ID, c contact.Contact, from contact.ID) (at domain.Position, err error) {
	if c.Apart == "" && len(c.Parts) == 0 {
		return 0, nil
	}
	for r, err := range h.Journal.Read(ctx, in.contact(id), 0) {
		if err != nil {
			return 0, unreadable(in.contact(id), err)
		}
		if other, distinct := pair.Parted(r.Event); distinct && other == from {
			at = r.Position
		}
	}
	return at, nil
}
