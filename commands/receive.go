package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/identifier"
	"skein/domain/space"
)

// talks are conversations as they were told last, so that none is read anew for
// each of its messages.
type talks map[contact.ID]story[conversation.Conversation]

// hearing is what is known from the messages that were heard before.
type hearing struct {
	talks talks
	full  bool // nobody unknown comes in any more
}

// Heard is what became of a message.
type Heard struct {
	Message    conversation.MessageID
	Contact    contact.ID // who it is from
	Created    bool       // who became a contact by it
	TurnedAway bool       // it waits for room in the space instead
	Position   domain.Position
}

// hear notes a message in the conversation with its sender, once. It refuses with
// space.ErrFull who would be one contact too many.
func (h *Handler) hear(ctx context.Context, by domain.By, in Room, m Inbound, before *hearing) (Heard, error) {
	var err error
	if m.Identity, err = in.Space.Identity(m.Channel, m.Identity); err != nil {
		return Heard{}, err
	}
	end, err := h.turns.take(ctx, string(in.ID)+" "+string(m.Message))
	if err != nil {
		return Heard{}, err
	}
	defer end()
	for attempt := 1; ; attempt++ {
		heard, err := h.hearInTurn(ctx, by, in, m, before)
		if !errors.Is(err, contact.ErrDeleted) || attempt == attempts {
			return heard, err
		}
		if err := pause(ctx, attempt); err != nil { // the sender was erased just now, and is somebody new
			return Heard{}, err
		}
	}
}

func (h *Handler) hearInTurn(ctx context.Context, by domain.By, in Room, m Inbound, before *hearing) (Heard, error) {
	who, err := h.meet(ctx, by, in, m, before.full)
	if err != nil {
		before.full = before.full || errors.Is(err, space.ErrFull)
		return Heard{}, fmt.Errorf("meet the sender of a message: %w", err)
	}
	if who.gone != nil {
		return *who.gone, nil
	}
	heard := Heard{Message: m.Message, Contact: who.id, Created: who.new}
	others, err := h.others(ctx, in, who, m)
	if err != nil {
		return Heard{}, err
	}
	if was, noted, err := h.notedWith(ctx, by, in, others, m); noted || err != nil {
		if was.Contact == "" {
			was.Contact, was.Created = who.id, who.new
		}
		return was, err
	}
	s := conversation.Stream(contact.Key{Space: in.ID, ID: who.id})
	for attempt := 1; ; attempt++ {
		told, known := before.talks[who.id]
		if !known {
			if told, err = load(ctx, h, s, conversation.Evolve); err != nil {
				return Heard{}, err
			}
		}
		if at, done, err := told.carriedOut(by); done || err != nil {
			heard.Created, heard.Position = h.made(by, who.id), at
			return heard, err
		}
		decided, err := conversation.Decide(told.state, receive(m))
		if err != nil {
			return Heard{}, err
		}
		told.at, err = record(ctx, h, by, s, told, func(conversation.Conversation) ([]conversation.Event, error) { return decided, nil })
		switch {
		case errors.Is(err, ErrMovedOn) && attempt == attempts:
			return Heard{}, ErrBusy
		case errors.Is(err, ErrMovedOn):
			delete(before.talks, who.id)
			if err := pause(ctx, attempt); err != nil {
				return Heard{}, err
			}
			continue
		case err != nil:
			delete(before.talks, who.id)
			return Heard{}, err
		}
		for _, e := range decided {
			told.state = conversation.Evolve(told.state, e, domain.Moment{Position: told.at})
			told.length++
		}
		before.talks[who.id] = told
		heard.Created, heard.Position = heard.Created || h.made(by, who.id), told.at
		return heard, nil
	}
}

// made reports whether a contact is the one that a command makes under its key.
func (h *Handler) made(by domain.By, id contact.ID) bool {
	return by.Key != "" && id == contact.ID(h.IDFor(by))
}

// others are the contacts beside the sender in whose conversations a message of theirs
// can have been noted before. It was noted with the contact that stood for whoever had
// the identity then, as a value of its own or one that it shared; so it is with one of
// those who ever claimed it, or share it, or with one of their kin.
func (h *Handler) others(ctx context.Context, in Room, who sender, m Inbound) (ids []contact.ID, err error) {
	claimed, err := h.claimers(ctx, in, m)
	if err != nil {
		return nil, err
	}
	ids, err = h.kinOf(ctx, in, slices.Concat([]contact.ID{who.id}, who.shared, claimed))
	return slices.DeleteFunc(ids, func(id contact.ID) bool { return id == who.id }), err
}

// kinOf are contacts and those that these ever were a part of, were split off or that were
// split off them, each once.
func (h *Handler) kinOf(ctx context.Context, in Room, of []contact.ID) (ids []contact.ID, err error) {
	seen := map[contact.ID]bool{"": true}
	for next := slices.Clone(of); len(next) > 0; {
		id := next[0]
		if next = next[1:]; seen[id] {
			continue
		}
		seen[id] = true
		ids = append(ids, id)
		c, err := h.contact(ctx, in, id)
		if err != nil {
			return nil, err
		}
		next = append(append(next, c.Merge.Into, c.Of), c.Parts...)
		for _, away := range c.Away {
			next = append(next, away.Into)
		}
		for _, left := range c.Left {
			next = append(next, left.To)
		}
	}
	return ids, nil
}

// claimers are those who ever claimed an identity, or the same as a value that names
// one contact.
func (h *Handler) claimers(ctx context.Context, in Room, m Inbound) (ids []contact.ID, err error) {
	values := []claimed{identity(contact.Identity{Channel: m.Channel, Of: m.Identity})}
	if kind := in.identifier(m.Channel); kind != "" {
		values = append(values, claimed{kind, m.Identity})
	}
	for _, c := range values {
		told, err := load(ctx, h, h.identifier(in, c).Stream(), identifier.Evolve)
		if err != nil {
			return nil, err
		}
		ids = append(ids, told.state.Past...)
	}
	return ids, nil
}

// Receive notes a mail in the conversation with its sender, who becomes a contact
// unless the address leads to one already. It refuses with space.ErrFull who would
// be one contact too many.
func (h *Handler) Receive(ctx context.Context, by domain.By, in Room, m Mailed) error {
	_, err := h.hear(ctx, by, in, m.inbound(h.Now()), &hearing{talks: talks{}})
	return err
}
