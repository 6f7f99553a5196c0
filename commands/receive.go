package commands

import (
	"context"
	"errors"
	"fmt"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/space"
)

// talks are conversations as they were told last, so that none is read anew for
// each of its messages.
type talks map[contact.ID]story[conversation.Conversation]

// hearing is what is known from the mails that were heard before.
type hearing struct {
	talks talks
	full  bool // nobody unknown comes in any more
}

// hear notes a mail that names somebody.
func (h *Handler) hear(ctx context.Context, by domain.By, in Room, m Mailed, before *hearing) error {
	if m.Email == "" || m.Machine {
		return nil
	}
	id, err := h.meet(ctx, by, in, m, before.full)
	if err != nil {
		before.full = before.full || errors.Is(err, space.ErrFull)
		return fmt.Errorf("meet the sender of a mail: %w", err)
	}
	s := conversation.Stream(contact.Key{Space: in.ID, ID: id})
	cmd := conversation.Receive{
		Message: conversation.MessageID(m.Identity), Channel: "email", Identity: m.Email, Subject: m.Subject, At: m.At,
	}
	for attempt := 1; ; attempt++ {
		told, known := before.talks[id]
		if !known {
			if told, err = load(ctx, h, s, conversation.Evolve); err != nil {
				return err
			}
		}
		decided, err := conversation.Decide(told.state, cmd)
		if err != nil {
			return err
		}
		told.at, err = record(ctx, h, by, s, told, func(conversation.Conversation) ([]conversation.Event, error) { return decided, nil })
		if errors.Is(err, ErrMovedOn) && attempt < attempts {
			delete(before.talks, id)
			continue
		}
		if err != nil {
			return err
		}
		for _, e := range decided {
			told.state = conversation.Evolve(told.state, e, domain.Moment{Position: told.at})
			told.length++
		}
		before.talks[id] = told
		return nil
	}
}

// Receive notes a mail in the conversation with its sender, who becomes a contact
// unless the address leads to one already. It refuses with space.ErrFull who would
// be one contact too many.
func (h *Handler) Receive(ctx context.Context, by domain.By, in Room, m Mailed) error {
	return h.hear(ctx, by, in, m, &hearing{talks: talks{}})
}
