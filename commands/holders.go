package commands

import (
	"cmp"
	"context"
	"slices"
	"time"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
	"skein/domain/space"
)

// Holding is a time in which a contact had a value.
type Holding struct {
	Contact contact.ID
	From    time.Time
	Until   time.Time  // zero: it has it
	Root    contact.ID // the contact it is a part of now: itself, unless it is absorbed
}

var (
	errKind   = domain.Refuse(domain.Invalid, "identifier_unknown", "An identifier is email, external_id or phone.")
	errLookup = domain.Refuse(domain.Invalid, "value_invalid", "This is no value that the identifier can have.")
)

// Holders is who had a value of an identifier and when, in that order, each as its
// own history tells it (C1-23). Where several may share the value, those who gave it
// up without its ever being theirs alone are not known any more.
func (h *Handler) Holders(ctx context.Context, in Room, kind space.Identifier, value string) ([]Holding, error) {
	of := space.Standard[string(kind)]
	if !slices.Contains([]space.Identifier{space.Email, space.ExtID, space.Phone}, kind) {
		return nil, errKind.Where("/identifier")
	}
	value, err := of.Canonical(value, nil)
	if err != nil || value == "" {
		return nil, errLookup.Where("/value")
	}
	var asked []contact.ID
	for r, err := range h.Journal.Read(ctx, h.identifier(in, claimed{kind, value}).Stream(), 0) {
		if err != nil {
			return nil, unreadable(r.Stream, err)
		}
		if e, ok := r.Event.(identifier.Claimed); ok {
			asked = append(asked, e.Contact)
		}
	}
	for one, err := range h.Showing.Of(ctx, in.ID, kind, value) {
		if err != nil {
			return nil, err
		}
		asked = append(asked, one.Contact)
	}
	slices.Sort(asked)
	var all []Holding
	for _, id := range slices.Compact(asked) {
		held, err := h.holdings(ctx, in, id, contact.Slot(kind), value)
		if err != nil {
			return nil, err
		}
		all = append(all, held...)
	}
	slices.SortStableFunc(all, func(a, b Holding) int { return a.From.Compare(b.From) })
	return all, nil
}

// holdings is when a contact's own story had a value. It ends with the contact, or
// with the one it is a part of.
func (h *Handler) holdings(ctx context.Context, in Room, id contact.ID, slot contact.Slot, value string) (all []Holding, err error) {
	var c contact.Contact
	for r, err := range h.Journal.Read(ctx, in.contact(id), 0) {
		if err != nil {
			return nil, unreadable(in.contact(id), err)
		}
		e, ok := r.Event.(contact.Event)
		if !ok {
			continue
		}
		had := c.Field(string(slot)) == value
		c = contact.Evolve(c, e, r.Moment)
		switch has := c.Field(string(slot)) == value; {
		case has && !had:
			all = append(all, Holding{Contact: id, From: r.At, Root: id})
		case had && !has:
			all[len(all)-1].Until = r.At
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	root, standing, err := h.resolve(ctx, in, id)
	if err != nil {
		return nil, err
	}
	last := &all[len(all)-1]
	last.Root = cmp.Or(root, id)
	if standing.Deleted > 0 && last.Until.IsZero() {
		last.Until, err = h.deleted(ctx, in, root)
	}
	return all, err
}

// deleted is when a contact was deleted.
func (h *Handler) deleted(ctx context.Context, in Room, id contact.ID) (at time.Time, err error) {
	for r, err := range h.Journal.Read(ctx, in.contact(id), 0) {
		if err != nil {
			return at, unreadable(in.contact(id), err)
		}
		if _, ok := r.Event.(contact.Deleted); ok {
			return r.At, nil
		}
	}
	return at, nil
}
