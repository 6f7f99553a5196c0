package imapsync

import (
	"context"
	"errors"
	"iter"

	"skein/commands"
	"skein/domain"
	"skein/domain/mailbox"
)

// Mail is a commands.Mail over IMAP.
type Mail struct {
	Client
}

var _ commands.Mail = Mail{}

// account is a mailbox's account with its password.
func account(a mailbox.Account, password string) Account {
	security := map[mailbox.Security]Security{mailbox.TLS: TLS, mailbox.StartTLS: StartTLS, mailbox.Plain: None}[a.Security]
	return Account{Host: a.Host, Port: a.Port, Security: security, User: a.User, Password: password}
}

// remedy is for an address or port that is not dialled as a precaution.
const remedy = " Whoever runs this installation can allow it with SKEIN_ALLOW_PRIVATE_MAIL."

// forPeople is err as a refusal, if it is something that the user can change.
func forPeople(err error) error {
	var failed *Error
	if !errors.As(err, &failed) {
		return err
	}
	pointer, message := "/host", failed.Message
	switch failed.Reason {
	case LoginRefused:
		pointer = "/user"
	case Refused, NotIMAP:
		pointer = "/port"
	case PortClosed:
		pointer, message = "/port", message+remedy
	case NotAllowed:
		message += remedy
	case TLSFailed, NoStartTLS:
		pointer = "/security"
	case HostNotFound, NoAnswer, Unavailable, NoFolder, Broken:
	}
	return domain.Refuse(domain.Invalid, "mailbox_"+string(failed.Reason), message).Where(pointer)
}

// Try implements commands.Mail.
func (m Mail) Try(ctx context.Context, a mailbox.Account, password string) ([]mailbox.Folder, error) {
	listed, err := m.Client.Try(ctx, account(a, password))
	if err != nil {
		return nil, forPeople(err)
	}
	folders := make([]mailbox.Folder, len(listed))
	for i, f := range listed {
		folders[i] = mailbox.Folder{Path: f.Path, Use: string(f.Use), Selectable: f.Selectable, Messages: f.Messages}
	}
	return folders, nil
}

// Read implements commands.Mail.
func (m Mail) Read(ctx context.Context, a mailbox.Account, password, folder string, after mailbox.Cursor) iter.Seq2[commands.Mailed, error] {
	return m.inside(ctx, a, password, func(s *Session) iter.Seq2[Message, error] {
		return s.Read(ctx, folder, Cursor{UIDValidity: after.Validity, UID: after.UID})
	})
}

// Pick implements commands.Mail.
func (m Mail) Pick(ctx context.Context, a mailbox.Account, password, folder string, validity uint32, uids []uint32) iter.Seq2[commands.Mailed, error] {
	return m.inside(ctx, a, password, func(s *Session) iter.Seq2[Message, error] {
		return s.Pick(ctx, folder, validity, uids)
	})
}

// inside yields what is read in a session that ends with it.
func (m Mail) inside(ctx context.Context, a mailbox.Account, password string, read func(*Session) iter.Seq2[Message, error]) iter.Seq2[commands.Mailed, error] {
	return func(yield func(commands.Mailed, error) bool) {
		session, err := m.Open(ctx, account(a, password))
		if err != nil {
			yield(commands.Mailed{}, err)
			return
		}
		defer session.Close()
		for mail, err := range read(session) {
			if err != nil {
				yield(commands.Mailed{}, err)
				return
			}
			if !yield(mailed(mail), nil) {
				return
			}
		}
	}
}

// mailed is what a mail tells of its sender. Who sent it is said by From alone (D4-12).
func mailed(m Message) commands.Mailed {
	at := m.Date
	if at.IsZero() || !m.Received.IsZero() && at.After(m.Received) {
		at = m.Received // no date, or one from the future
	}
	return commands.Mailed{
		Cursor:   mailbox.Cursor{Validity: m.UIDValidity, UID: m.UID},
		Identity: m.Hash, Email: m.From.Email, Name: m.From.Name,
		Subject: m.Subject, At: at, Machine: m.Auto == Hard,
	}
}
