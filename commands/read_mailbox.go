package commands

import (
	"context"
	"errors"
	"fmt"

	"skein/domain"
	"skein/domain/mailbox"
)

// ReadMailbox reads what is new in a folder of a mailbox; the sender of each mail
// becomes or meets a contact of the space. It may stop anywhere and be done again.
func (h *Handler) ReadMailbox(ctx context.Context, key mailbox.Key, folder string) error {
	by := domain.By{Actor: "system:mail", Correlation: string(key.ID)}
	in, err := h.room(ctx, key.Space)
	if err != nil {
		return err
	}
	box, err := load(ctx, h, key.Stream(), mailbox.Evolve)
	if err != nil {
		return err
	}
	password, err := h.Seal.Unseal(box.state.Sealed, []byte(key.Stream()))
	if err != nil {
		return fmt.Errorf("open password of mailbox %s: %w", key.ID, err)
	}
	note := mailbox.NoteRead{Folder: folder, Cursor: box.state.Read[folder]}
	keep := func() error {
		_, err := carryOut(ctx, h, by, key.Stream(), mailbox.Evolve, func(m mailbox.Mailbox) ([]mailbox.Event, error) {
			return mailbox.Decide(m, note)
		})
		note.Messages, note.Senders, note.Skipped = 0, 0, 0
		return err
	}
	talks := talks{}
	for m, err := range h.Mail.Read(ctx, box.state.Account, string(password), folder, note.Cursor) {
		if err != nil {
			return fmt.Errorf("read mailbox %s: %w", key.ID, err)
		}
		note.Cursor = m.Cursor
		note.Messages++
		var refused *domain.Refusal
		switch err := h.hear(ctx, by, in, m, talks); {
		case m.Email == "" || m.Machine || errors.As(err, &refused):
			note.Skipped++ // it names nobody, or not by an address
		case err != nil:
			return err
		default:
			note.Senders++
		}
		if note.Messages == keptEvery {
			if err := keep(); err != nil {
				return err
			}
		}
	}
	return keep()
}

// keptEvery is how many mails are read until it is noted how far.
const keptEvery = 500
