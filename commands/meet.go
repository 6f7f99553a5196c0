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

// sender is who a message comes from.
type sender struct {
	id     contact.ID   // the contact that stands for them
	new    bool         // made for this message
	shared []contact.ID // of whom it is one, where several share the value that leads there
	gone   *Heard       // what became of the message before, when it was noted with somebody who is gone
}

// meet is the contact that the sender of a message is, made now if nobody is known by
// the identity and the space is not full.
func (h *Handler) meet(ctx context.Context, by domain.By, in Room, m Inbound, full bool) (sender, error) {
	for attempt := 1; ; attempt++ {
		var err error
		if in, err = h.room(ctx, in.ID); err != nil {
			return sender{}, err
		}
		who, err := h.known(ctx, by, in, m)
		switch {
		case errors.Is(err, errMovedAway) && attempt < attempts:
			if err := pause(ctx, attempt); err != nil {
				return sender{}, err
			}
			continue
		case errors.Is(err, errMovedAway):
			return sender{}, ErrBusy
		case err != nil || who.id != "":
			return who, err
		}
		if gone, err := h.notedWithGone(ctx, by, in, m); gone != nil || err != nil {
			return sender{gone: gone}, err
		}
		if full {
			return sender{}, space.ErrFull
		}
		id, err := h.welcome(ctx, by, in, m)
		if !errors.Is(err, identifier.ErrTaken) || attempt == attempts {
			return sender{id: id, new: true}, err
		}
	}
}

// errMovedAway is the error of looking for somebody who changes at this very moment.
var errMovedAway = errors.New("whoever a value leads to is changing")

// known is the contact that an identity leads to: whoever has the identity, or else
// the only one who can have it as an email address or a phone number, who has the
// identity from now on. Where several may share those it is the one who was in touch
// last, and the identity is nobody's (C4).
func (h *Handler) known(ctx context.Context, by domain.By, in Room, m Inbound) (sender, error) {
	i := contact.Identity{Channel: m.Channel, Of: m.Identity}
	root, _, err := h.holder(ctx, in, identity(i))
	if err != nil || root != "" {
		return sender{id: root}, err
	}
	kind := in.identifier(m.Channel)
	switch {
	case kind == "":
		return sender{}, nil
	case !in.Space.Names(kind):
		return h.latest(ctx, in, kind, m.Identity)
	}
	root, has, err := h.holder(ctx, in, claimed{kind, m.Identity})
	if err != nil || root == "" {
		return sender{}, err
	}
	if c, err := h.contact(ctx, in, root); err != nil || c.Created.IsZero() { // it is about to be made
		return sender{id: root}, err
	}
	if has == root { // what is a part of another one stays as it is
		_, err = h.EditContact(ctx, step(by, "link"), in, root, contact.Edit{Link: []contact.Identity{i}})
		if errors.As(err, new(*domain.Refusal)) {
			err = errMovedAway
		}
	}
	return sender{id: root}, err
}

// identifier is the identifier whose values are the identities on a channel, if there
// is one.
func (in Room) identifier(channel string) space.Identifier {
	c, _ := in.Space.Channel(channel)
	switch c.Identities {
	case space.EmailType:
		return space.Email
	case space.PhoneType:
		return space.Phone
	}
	return ""
}

// mostSharing is how many of those who share a value are looked at.
const mostSharing = 20

// latest is the contact that shows a value and was in touch last, if anybody does and
// it is known who.
func (h *Handler) latest(ctx context.Context, in Room, kind space.Identifier, value string) (who sender, err error) {
	if h.Showing == nil {
		return sender{}, nil
	}
	for one, err := range h.Showing.Of(ctx, in.ID, kind, value) {
		if err != nil {
			return sender{}, err
		}
		c, err := h.contact(ctx, in, one.Contact)
		if err != nil {
			return sender{}, err
		}
		if c.Standing() != nil {
			continue
		}
		if who.id == "" {
			who.id = one.Contact
		}
		if who.shared = append(who.shared, one.Contact); len(who.shared) == mostSharing {
			break
		}
	}
	return who, nil
}

// welcome makes the sender of a message a contact that has the identity, with what the
// channel tells of them (C2-8).
func (h *Handler) welcome(ctx context.Context, by domain.By, in Room, m Inbound) (contact.ID, error) {
	first, last := names(m.Name)
	cmd := contact.Create{
		Origin:     contact.ByMessage,
		Fields:     map[string]string{"first_name": first, "last_name": last, "image": m.Image},
		Identities: []contact.Identity{{Channel: m.Channel, Of: m.Identity}},
	}
	if m.Channel == space.Mail {
		cmd.Origin = contact.ByMail
	}
	if kind := in.identifier(m.Channel); kind != "" {
		cmd.Fields[string(kind)] = m.Identity
	}
	id, _, err := h.CreateContact(ctx, by, in, cmd)
	return id, err
}

// names splits the name in a profile at its last space.
func names(name string) (first, last string) {
	name = strings.TrimSpace(name)
	if i := strings.LastIndex(name, " "); i > 0 {
		return strings.TrimSpace(name[:i]), name[i+1:]
	}
	return name, ""
}
