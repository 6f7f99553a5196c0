package commands_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/mailbox"
	"skein/domain/space"
)

// post is a mail server with one folder.
type post struct {
	mails []commands.Mailed
	fails error
}

func (p post) Try(context.Context, mailbox.Account, string) ([]mailbox.Folder, error) {
	return []mailbox.Folder{{Path: "INBOX", Use: "inbox", Selectable: true}}, p.fails
}

func (p post) Read(_ context.Context, _ mailbox.Account, _, _ string, after mailbox.Cursor) iter.Seq2[commands.Mailed, error] {
	return func(yield func(commands.Mailed, error) bool) {
		for i, m := range p.mails {
			m.Cursor = mailbox.Cursor{Validity: 1, UID: uint32(i + 1)}
			if m.Cursor.UID > after.UID && !yield(m, nil) {
				return
			}
		}
		if p.fails != nil {
			yield(commands.Mailed{}, p.fails)
		}
	}
}

func (p post) Pick(_ context.Context, _ mailbox.Account, _, _ string, validity uint32, uids []uint32) iter.Seq2[commands.Mailed, error] {
	return func(yield func(commands.Mailed, error) bool) {
		for i, m := range p.mails {
			m.Cursor = mailbox.Cursor{Validity: 1, UID: uint32(i + 1)}
			if validity == 1 && slices.Contains(uids, m.Cursor.UID) && m.Identity != gone && !yield(m, nil) {
				return
			}
		}
	}
}

// gone is a mail that somebody deletes.
const gone = "gone"

// open is a seal that anybody can open.
type open struct{}

func (open) Seal(secret, context []byte) ([]byte, error) { return append(context, secret...), nil }
func (open) Unseal(sealed, context []byte) ([]byte, error) {
	return sealed[len(context):], nil
}

var (
	account = mailbox.Account{Host: "imap.example.org", Port: 993, Security: mailbox.TLS, User: "us"}
	monday  = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
)

// Each sender becomes or meets a contact; machine mail names nobody (D4-13), and
// reading twice changes nothing (D4-10).
func TestReadMailbox(t *testing.T) {
	t.Parallel()
	for name, unique := range map[string][]space.Identifier{"email unique": nil, "email shared": {space.ExtID}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			h := build(t, unique...)
			h.Seal = open{}
			server := post{mails: []commands.Mailed{
				{Identity: "1", Email: "ada@example.org", Name: "Ada Lovelace", At: monday},
				{Identity: "2", Email: "ada@example.org", At: monday.Add(time.Hour)},
				{Identity: "3", Email: "mailer-daemon@example.org", Machine: true},
				{Identity: "4"},
				{Identity: "5", Email: "not an address"},
				{Identity: "6", Email: "eve@example.org", At: monday},
			}, fails: errors.New("the line went dead")}
			h.Mail = server
			if _, _, err := h.ConnectMailbox(ctx, by, h.room, "", account, "secret"); !errors.Is(err, server.fails) {
				t.Fatalf("connected though the login fails: %v", err)
			}
			before := len(h.journal.All(0))
			h.Mail = post{}
			id, _, err := h.ConnectMailbox(ctx, by, h.room, "", account, "secret")
			if err != nil {
				t.Fatal(err)
			}
			key := mailbox.Key{Space: h.room.ID, ID: id}
			h.Mail = server
			if err := h.ReadMailbox(ctx, key, "INBOX"); !errors.Is(err, server.fails) {
				t.Fatalf("got %v", err)
			}
			server.fails = nil
			h.Mail = server
			for range 2 {
				if err := h.ReadMailbox(ctx, key, "INBOX"); err != nil {
					t.Fatal(err)
				}
			}
			senders := map[string]time.Time{}
			var noted mailbox.FolderRead
			for _, r := range h.journal.All(domain.Position(before)) {
				switch e := r.Event.(type) {
				case contact.Created:
					c := h.told(contact.KeyOf(r.Stream).ID)
					senders[c.Name()+" "+c.Field("email")] = c.LastInteraction
				case mailbox.FolderRead:
					noted = e
				}
			}
			want := map[string]time.Time{"Ada Lovelace ada@example.org": monday.Add(time.Hour), "eve@example.org eve@example.org": monday}
			if diff := cmp.Diff(want, senders); diff != "" {
				t.Errorf("met others (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(mailbox.FolderRead{Folder: "INBOX", Cursor: mailbox.Cursor{Validity: 1, UID: 6}, Messages: 6, Senders: 3, Skipped: 3}, noted); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Mail from the address of an absorbed contact reaches its survivor (D1-13), and
// after the unmerge it reaches the absorbed one again (D2-9).
func TestMailFollowsMerges(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	ada, lord := h.contact(t, "ada@example.org"), h.contact(t, "lord@example.org")
	receive := func(identity string, at time.Time) {
		t.Helper()
		if err := h.Receive(ctx, by, h.room, commands.Mailed{Identity: identity, Email: "lord@example.org", At: at}); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := h.MergeContacts(ctx, by, h.room, ada, lord, keeping); err != nil {
		t.Fatal(err)
	}
	receive("1", monday)
	if _, err := h.UnmergeContact(ctx, by, h.room, lord, commands.Parting{}); err != nil {
		t.Fatal(err)
	}
	receive("2", monday.Add(time.Hour))
	if got := h.told(ada).LastInteraction; !got.Equal(monday) {
		t.Errorf("the survivor keeps the message from after the merge (C2-75): last interaction %v", got)
	}
	if got := h.told(lord).LastInteraction; !got.Equal(monday.Add(time.Hour)) {
		t.Errorf("the next message reaches the absorbed one (C2-76): last interaction %v", got)
	}
}
