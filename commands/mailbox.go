package commands

import (
	"context"
	"fmt"
	"iter"
	"time"

	"skein/domain"
	"skein/domain/conversation"
	"skein/domain/mailbox"
	"skein/domain/space"
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

	// Pick is Read for the mails with the UIDs, as long as the folder has that
	// UIDVALIDITY. What is not there any more is not among them.
	Pick(ctx context.Context, a mailbox.Account, password, folder string, validity uint32, uids []uint32) iter.Seq2[Mailed, error]
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

// inbound is a mail, which arrives now, as a message on its channel. It is of now, if it
// says that it was sent later than anybody can have sent it.
func (m Mailed) inbound(now time.Time) Inbound {
	if m.At.After(now.Add(mostAhead)) {
		m.At = now.UTC().Truncate(time.Microsecond)
	}
	return Inbound{Message: conversation.MessageID(m.Identity), Channel: space.Mail, Identity: m.Email, Name: m.Name, Subject: m.Subject, At: m.At}
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
