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

// mailAddress is the identity a sender of mail has in a space whose email
// addresses can belong to several contacts: there the address leads to the
// contact that was met by it first, or else to the one who shows it and was in touch
// last.
const mailAddress space.Identifier = "channel.email"

// meet is the contact that the sender of a mail is, made now if nobody is known
// by the address and the space is not full.
func (h *Handler) meet(ctx context.Context, by domain.By, in Room, m Mailed, full bool) (contact.ID, error) {
	for attempt := 1; ; attempt++ {
		var err error
		if in, err = h.room(ctx, in.ID); err != nil {
			return "", err
		}
		address := claimed{mailAddress, m.Email}
		if in.Space.Names(space.Email) {
			address.kind = space.Email
		}
		id, known, err := h.holder(ctx, in, address)
		if err == nil && !known && address.kind == mailAddress {
			id, known, err = h.latest(ctx, in, m.Email)
		}
		switch {
		case err != nil || known:
			return id, err
		case full:
			return "", space.ErrFull
		}
		id, err = h.welcome(ctx, by, in, m, address)
		if !errors.Is(err, identifier.ErrTaken) || attempt == attempts {
			return id, err
		}
	}
}

// latest is the contact that shows an email address and was in touch last, if anybody
// does and it is known who.
func (h *Handler) latest(ctx context.Context, in Room, address string) (contact.ID, bool, error) {
	if h.Showing == nil {
		return "", false, nil
	}
	for one, err := range h.Showing.Of(ctx, in.ID, space.Email, address) {
		if err != nil {
			return "", false, err
		}
		c, err := h.contact(ctx, in, one.Contact)
		if err != nil || c.Standing() == nil {
			return one.Contact, err == nil, err
		}
	}
	return "", false, nil
}

// welcome makes the sender of a mail a contact, which the address leads to.
func (h *Handler) welcome(ctx context.Context, by domain.By, in Room, m Mailed, address claimed) (contact.ID, error) {
	first, last := names(m.Name)
	id, _, err := h.create(ctx, by, in, contact.Create{
		Origin: contact.ByMail,
		Fields: map[string]string{"email": m.Email, "first_name": first, "last_name": last},
	}, address)
	return id, err
}

// names splits the name in a mail at its last space.
func names(name string) (first, last string) {
	name = strings.TrimSpace(name)
	if i := strings.LastIndex(name, " "); i > 0 {
		return strings.TrimSpace(name[:i]), name[i+1:]
	}
	return name, ""
}
