package commands

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// stepMerge is by for the merge that follows from an identification. One that was void
// is another one.
func stepMerge(by domain.By, attempt int) domain.By { return step(by, "merge "+strconv.Itoa(attempt)) }

// mergeTwo makes one of two contacts, if the space is to do so without being asked and
// each value names one of them, the other having none of its kind, and nobody knows
// them to be two (C1-21, D1-20). Whoever is identified survives the anonymous one
// (D1-10).
func (h *Handler) mergeTwo(ctx context.Context, by domain.By, in Room, found namesakes) (Identified, error) {
	refused := ErrTwo
	if len(found.ids) > 2 {
		return Identified{}, refused.Naming("one", string(found.ids[0])).Naming("other", string(found.ids[1]))
	}
	survivor, absorbed := found.ids[0], found.ids[1]
	both, err := h.family(ctx, in, survivor, absorbed)
	if err != nil {
		return Identified{}, err
	}
	if both.Root(survivor) == both.Root(absorbed) {
		return Identified{}, contact.ErrMerged // by somebody else, at this very moment
	}
	if in.identified(both.Told(absorbed), both.Told(survivor)) {
		survivor, absorbed = absorbed, survivor
	}
	refused = refused.Naming("survivor", string(survivor)).Naming("absorb", string(absorbed))
	if !in.Space.AutoMerge {
		return Identified{}, refused
	}
	for c, root := range found.led {
		other := both.Told(survivor)
		if root == survivor {
			other = both.Told(absorbed)
		}
		if in.hasAny(other, c) {
			return Identified{}, refused
		}
	}
	distinct, err := h.Distinct(ctx, in, survivor, absorbed)
	if err != nil {
		return Identified{}, err
	}
	if distinct {
		return Identified{}, refused
	}
	seen := map[contact.ID]uint64{}
	for _, root := range found.ids {
		for _, id := range both.Within(root) {
			seen[id] = both.Own(id).Length
		}
	}
	id, at, err := h.MergeContacts(ctx, by, in, survivor, absorbed, contact.Absorb{Seen: seen})
	if errors.Is(err, contact.ErrChoose) {
		err = refused
	}
	return Identified{Contact: survivor, Merged: id, Absorbed: absorbed, Position: at}, err
}

// hasAny reports whether a contact has a value of the same kind.
func (in Room) hasAny(c contact.Contact, like claimed) bool {
	if i, is := like.identity(); is {
		return slices.ContainsFunc(c.Identities(), func(had contact.Identity) bool { return had.Channel == i.Channel })
	}
	return c.Field(string(like.kind)) != ""
}

// identified reports whether a contact is known better than another one: by an id of
// the customer's own, or else by more of what names one, or else for longer.
func (in Room) identified(c, than contact.Contact) bool {
	one, other := c.Field(string(space.ExtID)) != "", than.Field(string(space.ExtID)) != ""
	if one != other {
		return one
	}
	if n, m := len(in.names(c)), len(in.names(than)); n != m {
		return n > m
	}
	return c.Created.Before(than.Created)
}
