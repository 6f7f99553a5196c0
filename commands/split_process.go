package commands

import (
	"context"
	"errors"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
)

// splitOff takes the steps of a split: as soon as the contact has given its part away,
// whatever names that leads to the new one, and nobody else can have it.
func (h *Handler) splitOff(ctx context.Context, by domain.By, in Room, asked splitAsked) error {
	made, err := load(ctx, h, in.contact(asked.Into), contact.Evolve)
	if err != nil {
		return err
	}
	if made.state.Created.IsZero() {
		err = h.admit(ctx, in, func(ctx context.Context) error {
			return h.naming(ctx, in, func(ctx context.Context, in Room) error { return h.giveAway(ctx, by, in, asked) })
		})
	}
	if err != nil {
		return err
	}
	split, err := h.splitInto(ctx, in, asked)
	if err != nil || split == nil {
		return err
	}
	for _, c := range in.claims(split.Says) {
		if err := h.handOver(ctx, by, in, asked.Contact, asked.Into, c); err != nil {
			return err
		}
	}
	return nil
}

// giveAway takes a part off the contact and makes the new one of it.
func (h *Handler) giveAway(ctx context.Context, by domain.By, in Room, asked splitAsked) error {
	_, err := carryOut(ctx, h, step(by, "split"), in.contact(asked.Contact), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
		decided, err := contact.Decide(c, asked.command())
		if err == nil {
			err = h.solelyIts(ctx, in, asked.Contact, decided[0].(contact.Split))
		}
		return decided, err
	})
	if err != nil {
		return err
	}
	split, err := h.splitInto(ctx, in, asked)
	if err != nil {
		return err
	}
	return h.bearPart(ctx, by, in, asked, *split)
}

// splitInto is what went to the new contact; none, as long as nothing did.
func (h *Handler) splitInto(ctx context.Context, in Room, asked splitAsked) (*contact.Split, error) {
	for r, err := range h.Journal.Read(ctx, in.contact(asked.Contact), 0) {
		if err != nil {
			return nil, unreadable(in.contact(asked.Contact), err)
		}
		if e, is := r.Event.(contact.Split); is && e.Into == asked.Into {
			return &e, nil
		}
	}
	return nil, nil
}

// handOver makes what names one contact name the other one, unless it does not name
// the first.
func (h *Handler) handOver(ctx context.Context, by domain.By, in Room, from, to contact.ID, c claimed) error {
	_, err := carryOut(ctx, h, natural(by), h.identifier(in, c).Stream(), identifier.Evolve, func(i identifier.Identifier) ([]identifier.Event, error) {
		if i.Holder != from && i.Holder != "" {
			return nil, nil
		}
		return identifier.Decide(i, identifier.Claim{For: to, Over: from, Found: i.At})
	})
	return err
}

// bearPart makes the new contact, with what goes along.
func (h *Handler) bearPart(ctx context.Context, by domain.By, in Room, asked splitAsked, split contact.Split) error {
	taken, err := h.goesAlong(ctx, in, asked, split)
	if err != nil {
		return err
	}
	cmd := contact.Create{Space: in.Space, Identities: split.Identities, Tags: asked.What.Tags, Origin: contact.BySplit, Of: asked.Contact, Fields: map[string]string{}}
	for _, key := range asked.What.Fields {
		cmd.Fields[key] = split.Says[contact.Slot(key)]
	}
	_, err = carryOut(ctx, h, step(by, "create"), in.contact(asked.Into), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
		decided, err := contact.Decide(c, cmd)
		if err == nil && len(taken.From) > 0 {
			decided = append(decided, contact.InteractionsTaken(taken))
		}
		return decided, err
	})
	return err
}

// rejoin gives back what was split off for a new contact that is not to be, and takes
// over what was noted with that one meanwhile. Whatever names it is claimed by the
// contact all the time.
func (h *Handler) rejoin(ctx context.Context, by domain.By, in Room, asked splitAsked) error {
	split, err := h.splitInto(ctx, in, asked)
	if err != nil || split == nil {
		return err
	}
	_, err = carryOut(ctx, h, step(by, "rejoin"), in.contact(asked.Contact), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
		decided, err := contact.Decide(c, contact.Regain{Values: split.Says, Of: asked.Into})
		if err == nil {
			decided = append(decided, contact.InteractionsTaken{From: []contact.ID{asked.Into}, Identities: in.carriers(*split)})
		}
		return decided, err
	})
	if errors.Is(err, contact.ErrDeleted) {
		return nil
	}
	return err
}
