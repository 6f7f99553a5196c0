package mailbox_test

import (
	"testing"

	"skein/domain"
	"skein/domain/domaintest"
	"skein/domain/mailbox"
	"skein/domain/space"
)

var (
	decider = domaintest.For(mailbox.Decide, mailbox.Evolve, mailbox.Facts)
	lab     = space.Space{Name: "Lab", Created: domaintest.Monday}
	account = mailbox.Account{Host: "imap.example.org", Port: 993, Security: mailbox.TLS, User: "us"}
	ours    = mailbox.Connected{Name: "us", Account: account, Sealed: []byte{1}}
)

func TestFacts(t *testing.T) { domaintest.Golden(t, mailbox.Facts) }

func TestConnect(t *testing.T) {
	ask := mailbox.Connect{Space: lab, Account: account, Sealed: []byte{1}}
	decider.Given().When(ask).Then(t, ours)
	decider.Given(ours).When(ask).Refused(t, code("mailbox_exists"), "")
	decider.Given().When(mailbox.Connect{Account: account}).Refused(t, space.ErrUnknown, "")
	for at, a := range map[string]mailbox.Account{
		"/host":     {Host: "imap example", Port: 993, Security: mailbox.TLS, User: "us"},
		"/port":     {Host: "imap.example.org", Security: mailbox.TLS, User: "us"},
		"/security": {Host: "imap.example.org", Port: 993, Security: "hope", User: "us"},
		"/user":     {Host: "imap.example.org", Port: 993, Security: mailbox.TLS},
	} {
		_, err := mailbox.Decide(mailbox.Mailbox{}, mailbox.Connect{Space: lab, Account: a})
		if refused, ok := err.(*domain.Refusal); !ok || refused.At != at {
			t.Errorf("%+v: got %+v, want it refused at %s", a, err, at)
		}
	}
	long := ask
	long.Name = "a\nb"
	decider.Given().When(long).Refused(t, code("mailbox_name_invalid"), "/name")
}

// How far a folder was read is noted once for each place (D4-1).
func TestNoteRead(t *testing.T) {
	note := mailbox.NoteRead{Folder: "INBOX", Cursor: mailbox.Cursor{Validity: 7, UID: 42}, Messages: 3, Senders: 3}

	decider.Given(ours).When(note).Then(t, mailbox.FolderRead(note))
	decider.Given(ours, mailbox.FolderRead(note)).When(note).Then(t)
	empty := mailbox.NoteRead{Folder: "INBOX"}
	decider.Given(ours).When(empty).Then(t, mailbox.FolderRead(empty))
	decider.Given().When(note).Refused(t, mailbox.ErrUnknown, "")
}

// What is turned away is remembered until it is taken up, or its folder was made
// anew, which is read from the beginning (C0-22).
func TestTurnAway(t *testing.T) {
	away := mailbox.MailTurnedAway{Folder: "INBOX", Validity: 7, UIDs: []uint32{41, 42}}
	up := mailbox.TakeUp{Folder: "INBOX", UIDs: []uint32{41}, Senders: 1}
	ask := func(validity uint32, uids ...uint32) mailbox.TurnAway {
		return mailbox.TurnAway{Folder: "INBOX", Validity: validity, UIDs: uids}
	}
	forgotten := mailbox.MailTakenUp{Folder: "INBOX", UIDs: []uint32{41, 42}}
	anew := mailbox.NoteRead{Folder: "INBOX", Cursor: mailbox.Cursor{Validity: 8, UID: 1}, Messages: 1}

	decider.Given(ours).When(ask(7, 41, 42)).Then(t, away)
	decider.Given(ours, away).When(ask(7, 42, 41)).Then(t)
	decider.Given(ours, away).When(ask(7, 42, 43)).Then(t, mailbox.MailTurnedAway{Folder: "INBOX", Validity: 7, UIDs: []uint32{43}})
	decider.Given(ours, away).When(up).Then(t, mailbox.MailTakenUp(up))
	decider.Given(ours, away, mailbox.MailTakenUp(up)).When(up).Then(t)
	decider.Given(ours, away, mailbox.MailTakenUp(up)).When(ask(7, 41)).Then(t, mailbox.MailTurnedAway{Folder: "INBOX", Validity: 7, UIDs: []uint32{41}})
	decider.Given(ours, away).When(anew).Then(t, forgotten, mailbox.FolderRead(anew))
	decider.Given(ours, away).When(ask(8, 1)).Then(t, forgotten, mailbox.MailTurnedAway{Folder: "INBOX", Validity: 8, UIDs: []uint32{1}})
	decider.Given().When(ask(7, 1)).Refused(t, mailbox.ErrUnknown, "")
	decider.Given().When(up).Refused(t, mailbox.ErrUnknown, "")
}

func code(code string) error { return domain.Refuse(domain.Invalid, code, "") }
