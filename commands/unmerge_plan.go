package commands

import (
	"context"
	"errors"
	"maps"
	"slices"

	"skein/domain"
	"skein/domain/contact"
)

// plan is what taking a contact out comes to, before it is done.
type plan struct {
	absorbed, root contact.ID
	above          []contact.ID
	merge          contact.Merge   // that is undone
	family         *contact.Family // of the root; none, as long as nobody had to know
	cmd            contact.Unmerge // what is asked of the absorbed contact
	collisions     []Collision     // of which the first that are not resolved refuse it
	forgo          map[contact.ID][]contact.Slot
	resolved       map[contact.Slot]bool
	moved          map[contact.Slot]bool // which the survivor was to lose, whether it had it or not
	seen           map[contact.ID]uint64 // what the preview was made of, if there was one
}

// plan is how a contact is taken out, or why it is not.
func (h *Handler) plan(ctx context.Context, in Room, absorbed contact.ID, how Parting) (*plan, error) {
	p, err := h.draft(ctx, in, absorbed, how, how.Token != "" || len(how.Resolutions) > 0 || how.Interactions != Nothing)
	if err != nil {
		return nil, err
	}
	if how.Token != "" {
		if p.seen, err = h.previewed(in, how.Token, how.asked(absorbed)...); err != nil {
			return nil, err
		}
		if err := p.fresh(); err != nil {
			return nil, err
		}
	}
	return p, p.settled(how)
}

// fresh refuses a plan for contacts that are not as its preview showed them.
func (p *plan) fresh() error {
	if p.seen != nil && !maps.Equal(p.seen, p.family.Seen(p.root)) {
		return ErrPreviewStale.Where("/token")
	}
	return nil
}

// settled refuses a plan by which a value would be two contacts'.
func (p *plan) settled(how Parting) error {
	for _, c := range p.collisions {
		switch r := how.Resolutions[c.Field]; {
		case r == "":
			return c.unresolved()
		case !slices.Contains(c.Offers(), r):
			return errResolution.Where(domain.PointerTo("/resolutions", c.Field)).Naming("field", c.Field)
		}
	}
	return nil
}

// draft is a plan whose collisions may not all be resolved. The family of the contact
// is told where the plan has to know it.
func (h *Handler) draft(ctx context.Context, in Room, absorbed contact.ID, how Parting, knows bool) (*plan, error) {
	own, err := load(ctx, h, in.contact(absorbed), contact.Evolve)
	if err != nil {
		return nil, err
	}
	root, standing, err := h.resolve(ctx, in, absorbed)
	switch {
	case err != nil:
		return nil, err
	case standing.Deleted > 0:
		return nil, contact.ErrDeleted
	case root != absorbed && how.Merge != "" && own.state.Merge.ID != how.Merge && own.state.Merge.Batch != how.Merge:
		return nil, &alreadyReversed{own.at}
	case root == absorbed:
		if _, err := contact.Decide(standing, contact.Unmerge{}); err != nil {
			return nil, err
		}
		if own, err = load(ctx, h, in.contact(absorbed), contact.Evolve); err != nil { // it may have been taken back on the way
			return nil, err
		}
		return nil, &alreadyReversed{own.at}
	}
	p := &plan{
		absorbed: absorbed, root: root, merge: own.state.Merge, forgo: map[contact.ID][]contact.Slot{}, resolved: map[contact.Slot]bool{},
		moved: how.moved(),
		cmd:   contact.Unmerge{Alone: how.Alone, Undecided: how.Undecided, Talks: how.Talks, Reason: how.Reason},
	}
	if p.above, err = h.above(ctx, in, absorbed); err != nil {
		return nil, err
	}
	if knows {
		if p.family, err = h.family(ctx, in, root); err != nil {
			return nil, err
		}
		if p.family.Own(absorbed).Merge.At != p.merge.At && p.family.Root(absorbed) != root {
			return nil, ErrBusy
		}
		if p.cmd.Take, err = h.takes(ctx, in, p, how); err != nil {
			return nil, err
		}
	}
	if _, err := contact.Decide(own.state, p.cmd); err != nil {
		return nil, err
	}
	if p.collisions, err = h.collisions(ctx, in, p); err != nil {
		return nil, err
	}
	p.resolve(own.state, how)
	return p, nil
}

// resolve says who does without what would be two contacts'.
func (p *plan) resolve(own contact.Contact, how Parting) {
	if p.family != nil {
		own = p.family.Told(p.absorbed)
	}
	for _, c := range p.collisions {
		slot := contact.Slot(c.Field)
		switch how.Resolutions[c.Field] {
		case LeaveOff:
			p.resolved[slot] = true
			if c.of(own) && !slices.Contains(p.cmd.Without, slot) {
				p.cmd.Without = append(p.cmd.Without, slot)
			}
		case Move:
			p.resolved[slot] = true
			if !slices.Contains(p.forgo[c.Holder], slot) && c.moves {
				p.forgo[c.Holder] = append(p.forgo[c.Holder], slot)
			}
		}
	}
	slices.Sort(p.cmd.Without)
}

// asked is what is asked of a contact, as a token is made for it. Why it is asked
// makes no difference.
func (how Parting) asked(absorbed contact.ID) []string {
	how.Reason, how.Merge = "", ""
	return []string{"unmerge", string(absorbed), string(jsonOf(how))}
}

var (
	errResolution   = domain.Refuse(domain.Invalid, "resolution_impossible", "The value cannot be resolved like this. Leave it off the contact that comes back, or move it there from its survivor, whichever the preview offers.")
	errGoes         = domain.Refuse(domain.Invalid, "interactions_unknown", "Interactions go by_identity or listed; leave it out to leave them with the survivor.")
	errInteractions = domain.Refuse(domain.Invalid, "interaction_unknown", "No such interaction was noted since the merge with those that the contact is a part of.")
)

// takes are the interactions since the merge that go along (D2-3).
func (h *Handler) takes(ctx context.Context, in Room, p *plan, how Parting) (contact.Taken, error) {
	switch how.Interactions {
	case Nothing:
		return contact.Taken{}, nil
	case ByIdentity, AsListed:
	default:
		return contact.Taken{}, errGoes.Where("/interactions")
	}
	held, err := h.held(ctx, in, p, true)
	if err != nil {
		return contact.Taken{}, err
	}
	if how.Interactions == ByIdentity {
		return contact.Carried(held, in.known(p)), nil
	}
	taken, unknown := contact.Listed(held, how.Listed)
	if len(unknown) > 0 {
		return contact.Taken{}, errInteractions.Where("/listed").Naming("interaction", string(unknown[0]))
	}
	return taken, nil
}

// held is what was noted with those that the contact is a part of since it is, or ever.
func (h *Handler) held(ctx context.Context, in Room, p *plan, ever bool) ([]contact.Held, error) {
	if h.Showing == nil {
		return nil, errors.New("nobody knows the interactions of a contact")
	}
	held := p.family.Above(p.absorbed)
	for i := range held {
		after := held[i].Since
		if ever {
			after = 0
		}
		for n, err := range h.Showing.Noted(ctx, in.ID, held[i].By, after) {
			if err != nil {
				return nil, err
			}
			held[i].Noted = append(held[i].Noted, n)
		}
	}
	return held, nil
}

// known are the identities by which a contact is known that its survivor is not
// known by once they are apart.
func (in Room) known(p *plan) []contact.Identity {
	after, err := p.family.Apart(p.absorbed, contact.Unmerge{Alone: p.cmd.Alone}, nil, p.family.Own(p.absorbed).Created)
	if err != nil {
		return nil // what is refused is refused with its reason
	}
	return contact.Known(after.Told(p.absorbed), after.Told(p.root), in.identityFields())
}
