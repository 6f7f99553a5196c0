package commands_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/domain/credential"
	"skein/domain/inbox"
	"skein/domain/mailbox"
	"skein/domain/organization"
	"skein/domain/space"
)

// delete deletes the room of the house.
func (h *house) delete(t *testing.T) domain.Position {
	t.Helper()
	at, err := h.DeleteSpace(t.Context(), by, "engines", h.room.ID, "Lab")
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// From its deletion on a space is unknown: to those who want to enter it, and to
// those who are in it, whatever they are about to do (C0-31, D5-1).
func TestDeletedSpaceIsUnknown(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	h.Mail, h.Seal = post{}, open{}
	ada, eve := h.contact(t, "ada@example.org"), h.contact(t, "eve@example.org")
	box, _, err := h.ConnectMailbox(ctx, by, h.room, "", account, "secret")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.IssueCredential(ctx, by, "key", credential.Issue{
		Organization: "engines", Holder: "credential:key", Space: h.room.ID, Role: space.Owner, Label: "shop", Hash: "#",
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Who(ctx, "key", "#"); err != nil {
		t.Fatal(err)
	}
	before := len(h.journal.All(0))
	h.delete(t)

	filter := inbox.Filter{Test: &inbox.Test{Of: "tag", How: inbox.Is, Value: "vip"}}
	mail := commands.Mailed{Identity: "1", Email: "kit@example.org", At: monday}
	old := mail
	old.Email = "ada@example.org"
	server := post{mails: []commands.Mailed{mail}}
	for what, do := range map[string]func() error{
		"enter":   func() error { _, err := h.Enter(ctx, inLab, h.room.ID, access.LookAround); return err },
		"SpaceOf": func() error { _, err := h.SpaceOf(ctx, "engines", h.room.ID); return err },
		"create": func() error {
			_, _, err := h.CreateContact(ctx, by, h.room, contact.Create{Tags: []string{"vip"}})
			return err
		},
		"identify": func() error {
			_, _, err := h.CreateContact(ctx, by, h.room, contact.Create{Fields: map[string]string{"email": "kit@example.org"}})
			return err
		},
		"edit": func() error {
			_, err := h.EditContact(ctx, by, h.room, ada, contact.Edit{Tag: []string{"vip"}})
			return err
		},
		"merge":  func() error { _, _, err := h.MergeContacts(ctx, by, h.room, ada, eve, keeping); return err },
		"delete": func() error { _, err := h.DeleteContact(ctx, by, h.room, ada); return err },
		"inbox": func() error {
			_, _, err := h.SaveInbox(ctx, by, h.room, inbox.Save{Name: "x", Filter: filter})
			return err
		},
		"connect": func() error { _, _, err := h.ConnectMailbox(ctx, by, h.room, "", account, "secret"); return err },
		"receive": func() error { return h.Receive(ctx, by, h.room, mail) },
		"hear":    func() error { return h.Receive(ctx, by, h.room, old) },
		"read mail": func() error {
			h.Mail = server
			return h.ReadMailbox(ctx, mailbox.Key{Space: h.room.ID, ID: box}, "INBOX")
		},
		"again": func() error { _, err := h.DeleteSpace(ctx, by, "engines", h.room.ID, "Lab"); return err },
		"import": func() error {
			rows := func(yield func(commands.ImportRow) bool) {
				yield(commands.ImportRow{Line: 2, Fields: map[string]string{"first_name": "Kit"}})
			}
			_, err := h.ImportContacts(ctx, by, h.room, iter.Seq[commands.ImportRow](rows), func(done commands.Imported) { t.Errorf("told of %+v", done) })
			return err
		},
	} {
		if err := do(); !errors.Is(err, space.ErrUnknown) {
			t.Errorf("%s: got %v, want ErrUnknown", what, err)
		}
	}
	if _, err := h.Who(ctx, "key", "#"); !errors.Is(err, commands.ErrWho) {
		t.Errorf("its credential: %v", err)
	}
	if after := h.journal.All(domain.Position(before)); len(after) != 1 {
		t.Errorf("after the deletion there is %v", after)
	}
}

// What stands under the idempotency key of a deletion, or of the creation before it,
// is answered alike however often it is sent, and nothing rises again.
func TestDeleteSpaceOnce(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	h.Hash = func(parts ...string) string {
		return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(parts, "~"))))
	}
	create := domain.By{Actor: "ada", Key: "k1", Ask: "a1"}
	id, _, err := h.CreateSpace(ctx, create, space.Create{Organization: "engines", Name: "Den"})
	if err != nil {
		t.Fatal(err)
	}
	once := domain.By{Actor: "ada", Key: "k2", Ask: "a2"}
	at, err := h.DeleteSpace(ctx, once, "engines", id, "Den")
	if err != nil {
		t.Fatal(err)
	}
	for _, destroyed := range []bool{false, true} {
		if destroyed {
			if err := h.journal.Tombstone(ctx, id.Stream()); err != nil {
				t.Fatal(err)
			}
		}
		if again, err := h.DeleteSpace(ctx, once, "engines", id, "Den"); err != nil || again != at {
			t.Errorf("sent again: %v, %v", again, err)
		}
		_, _, _ = h.CreateSpace(ctx, create, space.Create{Organization: "engines", Name: "Den"})
		if _, err := h.Enter(ctx, inLab, id, access.LookAround); !errors.Is(err, space.ErrUnknown) {
			t.Errorf("it rose again: %v", err)
		}
	}
	h.delete(t) // the last one (C0-32)
	if _, _, err := h.CreateSpace(context.WithoutCancel(ctx), by, space.Create{Organization: "engines", Name: "LAB"}); err != nil {
		t.Errorf("its name is not free: %v", err)
	}
	if _, err := h.DeleteSpace(ctx, by, "others", h.room.ID, "Lab"); !errors.Is(err, organization.ErrUnknown) {
		t.Errorf("another organization: %v", err)
	}
}
