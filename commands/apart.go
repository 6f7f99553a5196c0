package commands

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
	"skein/domain/space"
)

// Contacts that are one share what names them, and one claim is enough for it. As
// long as what names a contact was never changed, no two of them have the same value
// of their own, unless it is borrowed. Afterwards they can: what they come to show
// when they come apart has to be claimed for each, or they stay together.

// standApart takes a contact out as planned. Whoever loses a value to it does so right
// before, when it is the contact's already.
func (h *Handler) standApart(ctx context.Context, by domain.By, in Room, p *plan) (at domain.Position, err error) {
	err = h.naming(ctx, in, func(ctx context.Context, in Room) (err error) {
		if p.claims(in) {
			if all, err := h.divide(ctx, by, in, p); err != nil || len(all) > 0 {
				return cmp.Or(err, refusalOf(all))
			}
		}
		for _, one := range slices.Sorted(maps.Keys(p.forgo)) {
			if err := h.forgo(ctx, step(by, "move/"+string(one)), in, one, p.forgo[one]); err != nil {
				return err
			}
		}
		at, err = carryOut(ctx, h, step(by, "back"), in.contact(p.absorbed), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
			if c.Merge.Into != "" && c.Merge.At != p.merge.At {
				return nil, ErrBusy // it has been merged anew
			}
			return contact.Decide(c, p.cmd)
		})
		return err
	})
	return at, err
}

// claims reports whether two contacts may come to show a value that nobody has claimed
// for each.
func (p *plan) claims(in Room) bool {
	return in.Space.Identified > 0 || in.Space.Tightening.Since > 0 || len(p.resolved) > 0
}

// forgo lets a contact do without values.
func (h *Handler) forgo(ctx context.Context, by domain.By, in Room, id contact.ID, slots []contact.Slot) error {
	_, err := carryOut(ctx, h, by, in.contact(id), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
		return contact.Decide(c, contact.Forgo{Slots: slots})
	})
	return err
}

// loss is a value that a contact would show and cannot have.
type loss struct {
	by contact.ID
	claimed
	refused error
}

// refusalOf is why the first of the values cannot be had.
func refusalOf(lost []loss) error {
	if len(lost) == 0 {
		return nil
	}
	return lost[0].refused
}

// divide claims what two contacts show once one is no part of the other any more. It
// returns what cannot be claimed.
func (h *Handler) divide(ctx context.Context, by domain.By, in Room, p *plan) (lost []loss, err error) {
	apart, err := h.apartAs(ctx, in, p)
	if err != nil {
		return nil, err
	}
	mine, theirs := apart.Told(p.absorbed), apart.Told(p.root)
	for _, slot := range in.claimedSlots(p) {
		a, b := in.claims(map[contact.Slot]string{slot: mine.Values[slot].Text}), in.claims(map[contact.Slot]string{slot: theirs.Values[slot].Text})
		one, err := h.divideOne(ctx, by, in, p, apart, slot, a, b)
		_, identity := slot.Identity()
		switch {
		case refusesValue(err) && !identity && in.shares(space.Identifier(slot)):
			return nil, h.contend(ctx, in)
		case refusesValue(err):
			one.refused = err
			lost = append(lost, one)
		case err != nil:
			return nil, err
		}
	}
	if len(lost) > 0 {
		return lost, nil
	}
	return h.keep(ctx, by, in, p, apart)
}

// keep lets those who go on having a value that is left off the contact hold it
// themselves, also where nobody sees it for now: it may show again.
func (h *Handler) keep(ctx context.Context, by domain.By, in Room, p *plan, apart *contact.Family) (lost []loss, err error) {
	for _, c := range p.collisions {
		has := apart.Own(c.Holder)
		if !slices.Contains(p.cmd.Without, c.slot()) || has.Deleted > 0 || !c.of(has) {
			continue
		}
		err := h.assure(ctx, by, in, apart.Root(c.Holder), c.Holder, apart, c.claimed)
		switch {
		case refusesValue(err):
			lost = append(lost, loss{c.Holder, c.claimed, err})
		case err != nil:
			return nil, err
		}
	}
	return lost, nil
}

// divideOne claims what two contacts show in one slot, which are at most one value each.
func (h *Handler) divideOne(ctx context.Context, by domain.By, in Room, p *plan, apart *contact.Family, slot contact.Slot, mine, theirs []claimed) (lost loss, err error) {
	if len(mine) > 0 && slices.Equal(mine, theirs) {
		return loss{by: p.absorbed, claimed: mine[0]}, named(identifier.ErrTaken, mine[0], p.root)
	}
	for _, c := range mine {
		lost = loss{by: p.absorbed, claimed: c}
		if err := h.assure(ctx, by, in, p.absorbed, apart.Told(p.absorbed).Values[slot].By(p.absorbed), apart, c); err != nil {
			return lost, err
		}
	}
	for _, c := range theirs {
		lost = loss{by: p.root, claimed: c}
		if err := h.assure(ctx, by, in, p.root, apart.Told(p.root).Values[slot].By(p.root), apart, c); err != nil {
			return lost, err
		}
	}
	return loss{}, nil
}

// claimedSlots are the slots whose values have to be claimed anew for each of the two.
// Identities name one contact in any case, and only what was resolved is looked at.
func (in Room) claimedSlots(p *plan) (slots []contact.Slot) {
	for _, kind := range in.Space.Claimed() {
		slots = append(slots, contact.Slot(kind))
	}
	for _, slot := range slices.Sorted(maps.Keys(p.resolved)) {
		if _, is := slot.Identity(); is {
			slots = append(slots, slot)
		}
	}
	return slots
}

// apartAs is the two contacts with all that are one with them, once they are apart as
// planned, whether that was done already or not.
func (h *Handler) apartAs(ctx context.Context, in Room, p *plan) (*contact.Family, error) {
	whole, err := h.family(ctx, in, p.root, p.absorbed)
	if err != nil || whole.Root(p.absorbed) == p.absorbed {
		return whole, err
	}
	cmd := p.cmd
	cmd.Take = contact.Taken{}
	apart, err := whole.Apart(p.absorbed, cmd, p.forgo, h.Now())
	return &apart, err
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
