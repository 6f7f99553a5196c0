package commands

import (
	"context"
	"maps"
	"slices"
	"strings"

	"skein/domain"
	"skein/domain/contact"
)

// Once a contact stands apart that is a fact. Whatever somebody took at that very moment
// is taken off whoever was to do without it, or else off the contact itself; it is
// answered as done, and says who lost what.

// Loss is a value that a contact lost because it came apart at the moment at which the
// value was given to somebody.
type Loss struct {
	Contact contact.ID
	Field   string // or the slot of an identity
}

// settleLosses sees to it that what two contacts have after all is one's, and that those
// of whom the contact was a part give back what they borrowed of it.
func (h *Handler) settleLosses(ctx context.Context, by domain.By, in Room, p *plan) error {
	for round := range 3 {
		var lost []loss
		err := h.naming(ctx, in, func(ctx context.Context, in Room) (err error) {
			if p.claims(in) {
				lost, err = h.divide(ctx, by, in, p)
			}
			return err
		})
		if err != nil {
			return err
		}
		if len(lost) == 0 {
			break
		}
		for _, one := range lost {
			if err := h.lose(ctx, by, in, p, one, round == 0); err != nil && !forGood(err) {
				return err
			}
		}
	}
	for _, one := range p.above {
		if err := h.giveBack(ctx, step(by, string(one)), in, one); err != nil && !forGood(err) {
			return err
		}
	}
	return nil
}

// lose takes a value off the one who cannot have it: off the survivor, if that was to do
// without it. Whoever has something else instead by now keeps that.
func (h *Handler) lose(ctx context.Context, by domain.By, in Room, p *plan, one loss, first bool) error {
	by, loser := step(by, "lose/"+h.Hash("lose", string(in.ID), string(one.slot()))), one.by // keys outlast what they are about
	if first && p.moved[one.slot()] {
		root, err := h.contact(ctx, in, p.root)
		if err != nil {
			return err
		}
		if one.of(root) {
			loser = p.root
		}
	}
	_, err := carryOut(ctx, h, by, in.contact(loser), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
		if had := c.Values[one.slot()].Text; had != "" && !one.is(had) {
			return nil, nil
		}
		return contact.Decide(c, contact.Forgo{Slots: []contact.Slot{one.slot()}})
	})
	return err
}

// partedAs is what is answered of an unmerge that came to its end at a position, now or
// before.
func (h *Handler) partedAs(ctx context.Context, by domain.By, in Room, absorbed contact.ID, seen map[contact.ID]uint64, end domain.Position) (parted Parted, err error) {
	merge, at, err := h.undone(ctx, in, absorbed, step(by, "back").Key)
	if err != nil || at == 0 {
		return Parted{At: end, AlreadyReversed: err == nil}, err // somebody else did it
	}
	parted.At = at
	above, err := h.above(ctx, in, merge.Into)
	if err != nil {
		return Parted{}, err
	}
	for _, one := range append([]contact.ID{absorbed, merge.Into}, above...) {
		for r, err := range h.Journal.Read(ctx, in.contact(one), 0) {
			if err != nil {
				return Parted{}, unreadable(in.contact(one), err)
			}
			e, is := r.Event.(contact.Event)
			if !is || !strings.HasPrefix(r.By.Key, by.Key+"/lose/") && r.By.Key != step(step(by, string(one)), "give back").Key {
				continue
			}
			for _, slot := range slices.Sorted(maps.Keys(says(e))) {
				parted.Lost = append(parted.Lost, Loss{one, string(slot)})
			}
			parted.At = max(parted.At, r.Position)
		}
	}
	parted.Changed, err = h.changedSince(ctx, by, in, absorbed, seen, at)
	return parted, err
}

// changedSince are the contacts of a previewed family that others changed after the
// preview was found to be right and before it was done at a position. Nothing is taken
// back for them.
func (h *Handler) changedSince(ctx context.Context, by domain.By, in Room, absorbed contact.ID, seen map[contact.ID]uint64, at domain.Position) (changed []contact.ID, err error) {
	for _, id := range slices.Sorted(maps.Keys(seen)) {
		for r, err := range h.Journal.Read(ctx, in.contact(id), seen[id]) {
			if err != nil {
				return nil, unreadable(in.contact(id), err)
			}
			if id != absorbed && r.Position < at && !strings.HasPrefix(r.By.Key, by.Key+"/") {
				changed = append(changed, id)
				break
			}
		}
	}
	return changed, nil
}

// partedBefore reports whether an unmerge was carried out by whoever began it, and sees
// to what that may not have come to.
func (h *Handler) partedBefore(ctx context.Context, by domain.By, in Room, absorbed contact.ID, how Parting) (bool, error) {
	merge, at, err := h.undone(ctx, in, absorbed, step(by, "back").Key)
	if err != nil || at == 0 {
		return false, err
	}
	own, err := h.contact(ctx, in, absorbed)
	if err != nil || own.Merge.Into != "" { // again, by others
		return true, err
	}
	above, err := h.above(ctx, in, merge.Into)
	if err != nil {
		return false, err
	}
	p := &plan{absorbed: absorbed, above: append([]contact.ID{merge.Into}, above...), resolved: map[contact.Slot]bool{}, moved: how.moved()}
	p.root = p.above[len(p.above)-1]
	for key := range how.Resolutions {
		p.resolved[contact.Slot(key)] = true
	}
	return true, h.afterwards(ctx, by, in, p, at)
}

// undone is the merge that an event with a key undid, and where.
func (h *Handler) undone(ctx context.Context, in Room, id contact.ID, key string) (m contact.Merge, at domain.Position, err error) {
	var c contact.Contact
	for r, err := range h.Journal.Read(ctx, in.contact(id), 0) {
		if err != nil {
			return m, 0, unreadable(in.contact(id), err)
		}
		if _, undone := r.Event.(contact.Unmerged); undone && r.By.Key == key {
			m, at = c.Merge, r.Position
		}
		if e, ok := r.Event.(contact.Event); ok {
			c = contact.Evolve(c, e, r.Moment)
		}
	}
	return m, at, nil
}
