package commands

import (
	"context"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
)

// Split is asked of a contact behind which there are two people: what goes to a new
// contact of its own (D2-11, D2-12).
type Split struct {
	Fields       []string           `json:"fields,omitempty"`
	Tags         []string           `json:"tags,omitempty"`
	Identities   []contact.Identity `json:"identities,omitempty"`
	Interactions Goes               `json:"interactions,omitempty"`
	Listed       []contact.Ref      `json:"listed,omitempty"`
}

// splitAsked is what is asked of the process that splits a contact.
type splitAsked struct {
	Contact contact.ID `json:"contact"`
	Into    contact.ID `json:"into"`
	What    Split      `json:"what"`
}

// SplitContact makes a part of a contact a new one, and returns its id. It is let into
// the space as one that is created (D2-6 is about restoring only). From the moment the
// contact gave its identities away, messages on them reach the new one.
func (h *Handler) SplitContact(ctx context.Context, by domain.By, in Room, id contact.ID, what Split) (contact.ID, domain.Position, error) {
	in, err := h.room(ctx, in.ID)
	if err != nil {
		return "", 0, err
	}
	asked := splitAsked{id, contact.ID(h.IDFor(step(by, "into"))), what}
	begun, err := h.begun(ctx, in, by)
	if err == nil && !begun {
		err = h.divisible(ctx, in, asked)
	}
	if err != nil {
		return "", 0, h.leads(ctx, in, id, err)
	}
	at, err := run(ctx, h, by, in, h.splitting(), asked)
	if err != nil {
		return "", 0, h.leads(ctx, in, id, err)
	}
	return asked.Into, at, nil
}

func (h *Handler) splitting() course[splitAsked] {
	return course[splitAsked]{"split", h.splitOff, h.rejoin}
}

// divisible refuses what cannot be split, as things are.
func (h *Handler) divisible(ctx context.Context, in Room, asked splitAsked) error {
	own, err := h.contact(ctx, in, asked.Contact)
	if err != nil {
		return err
	}
	decided, err := contact.Decide(own, asked.command())
	if err != nil {
		return err
	}
	if _, err := h.goesAlong(ctx, in, asked, decided[0].(contact.Split)); err != nil {
		return err
	}
	return h.solelyIts(ctx, in, asked.Contact, decided[0].(contact.Split))
}

func (asked splitAsked) command() contact.SplitOff {
	return contact.SplitOff{Into: asked.Into, Fields: asked.What.Fields, Tags: asked.What.Tags, Identities: asked.What.Identities}
}

// solelyIts refuses to give away a value that somebody holds whom the contact has
// absorbed: it is to be unmerged instead.
func (h *Handler) solelyIts(ctx context.Context, in Room, id contact.ID, split contact.Split) error {
	for _, c := range in.claims(split.Says) {
		if in.shares(c.kind) {
			continue
		}
		_, has, err := h.holder(ctx, in, c)
		if err != nil {
			return err
		}
		if has != "" && has != id && has != split.Into {
			return named(identifier.ErrTaken, c, has)
		}
	}
	return nil
}
