package commands

import (
	"context"
	"errors"
	"slices"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
	"skein/domain/space"
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

// goesAlong are the interactions that go to the new contact.
func (h *Handler) goesAlong(ctx context.Context, in Room, asked splitAsked, split contact.Split) (contact.Taken, error) {
	switch asked.What.Interactions {
	case Nothing:
		return contact.Taken{}, nil
	case ByIdentity, AsListed:
	default:
		return contact.Taken{}, errGoes.Where("/interactions")
	}
	if h.Showing == nil {
		return contact.Taken{}, errors.New("nobody knows the interactions of a contact")
	}
	held := contact.Held{By: asked.Contact}
	for n, err := range h.Showing.Noted(ctx, in.ID, asked.Contact, 0) {
		if err != nil {
			return contact.Taken{}, err
		}
		held.Noted = append(held.Noted, n)
	}
	if asked.What.Interactions == ByIdentity {
		return contact.Carried([]contact.Held{held}, in.carriers(split)), nil
	}
	taken, unknown := contact.Listed([]contact.Held{held}, asked.What.Listed)
	if len(unknown) > 0 {
		return contact.Taken{}, errNotIts.Where("/listed").Naming("interaction", string(unknown[0]))
	}
	return taken, nil
}

var errNotIts = domain.Refuse(domain.Invalid, "interaction_unknown", "The contact itself has no such interaction to give away.")

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

// carriers are the identities that went to the new contact, also those that a field of
// it is.
func (in Room) carriers(split contact.Split) []contact.Identity {
	all := slices.Clone(split.Identities)
	for channel, field := range in.identityFields() {
		if of := split.Says[contact.Slot(field)]; of != "" {
			all = append(all, contact.Identity{Channel: channel, Of: of})
		}
	}
	slices.SortFunc(all, contact.Identity.Compare)
	return slices.Compact(all)
}

// identityFields are the fields that say by which identity a contact is known on a
// channel, since they name one contact only.
func (in Room) identityFields() map[string]string {
	fields := map[string]string{}
	mail, _ := in.Space.Channel(space.Mail)
	for _, c := range append(slices.Clip(in.Space.Channels), mail) {
		for _, kind := range in.Space.Unique {
			if string(kind) == string(c.Identities) {
				fields[c.Key] = string(kind)
			}
		}
	}
	return fields
}
