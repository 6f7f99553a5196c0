package commands

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/mailbox"
)

// Mail reaches mail servers.
type Mail interface {
	// Try logs in to the account and lists its folders. What the user has to
	// know of a server that cannot be reached or a login that is turned down
	// comes as a *domain.Refusal.
	Try(ctx context.Context, a mailbox.Account, password string) ([]mailbox.Folder, error)

	// Read yields the mails of a folder after a cursor, oldest first, each with
	// the cursor behind it, and leaves them as unread as they were.
	Read(ctx context.Context, a mailbox.Account, password, folder string, after mailbox.Cursor) iter.Seq2[Mailed, error]
}

// Mailed is a mail in a folder.
type Mailed struct {
	Cursor   mailbox.Cursor // behind this mail
	Identity string         // tells this mail from all others, wherever it is found
	Email    string         // the sender's address, in lower case; empty if it names nobody
	Name     string         // the sender's name, if the mail gives one
	Subject  string
	At       time.Time
	Machine  bool // written by a machine, such as a bounce: it names nobody (D4-13)
}

// Seal keeps secrets so that only this installation can open them, and only in
// the same context.
type Seal interface {
	Seal(secret, context []byte) ([]byte, error)
	Unseal(sealed, context []byte) ([]byte, error)
}

// ConnectMailbox connects a mailbox to a space once its login has worked. The
// password is kept sealed.
func (h *Handler) ConnectMailbox(ctx context.Context, by domain.By, in Room, name string, a mailbox.Account, password string) (mailbox.ID, domain.Position, error) {
	if err := a.Check(); err != nil {
		return "", 0, err
	}
	folders, err := h.Mail.Try(ctx, a, password)
	if err != nil {
		return "", 0, fmt.Errorf("try mailbox: %w", err)
	}
	key := mailbox.Key{Space: in.ID, ID: mailbox.ID(h.IDFor(by))}
	sealed, err := h.Seal.Seal([]byte(password), []byte(key.Stream()))
	if err != nil {
		return "", 0, fmt.Errorf("seal password: %w", err)
	}
	at, err := begin(ctx, h, by, key.Stream(), mailbox.Evolve, func(m mailbox.Mailbox) ([]mailbox.Event, error) {
		return mailbox.Decide(m, mailbox.Connect{Space: in.Space, Name: name, Account: a, Sealed: sealed, Folders: folders})
	})
	return key.ID, at, err
}

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
	for m, err := range h.Mail.Read(ctx, box.state.Account, string(password), folder, note.Cursor) {
		if err != nil {
			return fmt.Errorf("read mailbox %s: %w", key.ID, err)
		}
		note.Cursor = m.Cursor
		note.Messages++
		if m.Email == "" || m.Machine {
			note.Skipped++
			continue
		}
		var refused *domain.Refusal
		switch err := h.Receive(ctx, by, in, m); {
		case errors.As(err, &refused):
			note.Skipped++ // such as an address that is none
		case err != nil:
			return err
		default:
			note.Senders++
		}
	}
	_, err = carryOut(ctx, h, by, key.Stream(), mailbox.Evolve, func(m mailbox.Mailbox) ([]mailbox.Event, error) {
		return mailbox.Decide(m, note)
	})
	return err
}

// Receive notes a mail in the conversation with its sender, who becomes a
// contact unless the address leads to one already.
func (h *Handler) Receive(ctx context.Context, by domain.By, in Room, m Mailed) error {
	id, err := h.meet(ctx, by, in, m)
	if err != nil {
		return fmt.Errorf("meet the sender of a mail: %w", err)
	}
	_, err = carryOut(ctx, h, by, conversation.Stream(contact.Key{Space: in.ID, ID: id}), conversation.Evolve, func(c conversation.Conversation) ([]conversation.Event, error) {
		return conversation.Decide(c, conversation.Receive{
			Message: conversation.MessageID(m.Identity), Channel: "email", Identity: m.Email, Subject: m.Subject, At: m.At,
		})
	})
	return err
}
