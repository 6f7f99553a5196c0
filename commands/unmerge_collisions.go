package commands

import (
	"context"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
)

// Collision is a value that two contacts would have once they are apart though it names
// one contact only (D2-5).
type Collision struct {
	Field  string     // or the slot of an identity
	Holder contact.ID // who has it, beside the contact that comes back or, falling back to it, its survivor

	claimed
	leaves, moves bool // how it can be resolved
}

// Offers are the resolutions that there are.
func (c Collision) Offers() (all []Resolution) {
	if c.leaves {
		all = append(all, LeaveOff)
	}
	if c.moves {
		all = append(all, Move)
	}
	return all
}

// unresolved refuses an unmerge until somebody has said who has the value.
func (c Collision) unresolved() error {
	refused := *identifier.ErrTaken
	refused.At = domain.PointerTo("/resolutions", c.Field)
	return refused.Naming("field", c.Field).Naming("holder", string(c.Holder)).
		Saying("Another contact has this value, and it names one contact only. Say in resolutions who has it afterwards: leave_off or move, as the preview offers.")
}

// collisions are all values of which two contacts would be the owner.
func (h *Handler) collisions(ctx context.Context, in Room, p *plan) (all []Collision, err error) {
	known := map[claimed]bool{}
	add := func(c claimed, holder contact.ID, leaves, moves bool) {
		if !known[c] {
			known[c] = true
			all = append(all, Collision{string(c.slot()), holder, c, leaves, moves})
		}
	}
	for _, one := range p.above {
		err := h.eachBorrowed(ctx, in, one, func(c claimed, holder contact.ID) error {
			goes, err := h.goes(ctx, in, p, holder)
			if err == nil && goes {
				add(c, one, true, true)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	own, err := h.contact(ctx, in, p.absorbed)
	if err != nil {
		return nil, err
	}
	for _, c := range in.names(own) {
		holder, has, err := h.keeper(ctx, in, p, c)
		if err != nil {
			return nil, err
		}
		if holder != "" {
			add(c, has, true, holder == p.root)
		}
	}
	if p.family != nil {
		err = h.collide(ctx, in, p, add)
	}
	return all, err
}

// goes reports whether a contact goes along with the one that is taken out.
func (h *Handler) goes(ctx context.Context, in Room, p *plan, id contact.ID) (bool, error) {
	if id == p.absorbed || p.cmd.Alone {
		return id == p.absorbed, nil
	}
	above, err := h.above(ctx, in, id)
	if err != nil {
		return false, err
	}
	for _, one := range above {
		if one == p.absorbed {
			return true, nil
		}
	}
	return false, nil
}

// keeper is the contact that a value of the absorbed contact's own story leads to once
// that stands alone, and whose own story has it, unless both are the absorbed contact's.
func (h *Handler) keeper(ctx context.Context, in Room, p *plan, c claimed) (root, has contact.ID, err error) {
	if in.shares(c.kind) {
		return "", "", nil
	}
	root, has, err = h.holder(ctx, in, c)
	if err != nil || root == "" {
		return "", "", err
	}
	if goes, err := h.goes(ctx, in, p, has); err != nil || goes {
		return "", "", err
	}
	return root, has, nil
}

// collide calls add with what the two would show besides.
func (h *Handler) collide(ctx context.Context, in Room, p *plan, add func(c claimed, holder contact.ID, leaves, moves bool)) error {
	apart, err := p.family.Apart(p.absorbed, contact.Unmerge{Alone: p.cmd.Alone}, nil, h.Now())
	if err != nil {
		return err
	}
	mine, theirs := apart.Told(p.absorbed), apart.Told(p.root)
	for _, kind := range in.Space.Claimed() {
		a, b := claimed{kind, mine.Field(string(kind))}, claimed{kind, theirs.Field(string(kind))}
		switch {
		case in.shares(kind):
		case a.value != "" && a == b:
			add(a, p.root, true, true)
		default:
			other, err := h.stranger(ctx, in, &apart, a)
			if err == nil && other != "" {
				add(a, other, true, false)
			}
			if err == nil {
				if other, err = h.stranger(ctx, in, &apart, b); err == nil && other != "" {
					add(b, other, false, false)
				}
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// stranger is the contact outside a family that shows a value of it, if there is one.
func (h *Handler) stranger(ctx context.Context, in Room, family *contact.Family, c claimed) (contact.ID, error) {
	if c.value == "" {
		return "", nil
	}
	root, has, err := h.holder(ctx, in, c)
	if err != nil || root == "" || !family.Own(has).Created.IsZero() {
		return "", err
	}
	if hidden, err := h.hides(ctx, in, root, c); err != nil || hidden {
		return "", err
	}
	return root, nil
}
