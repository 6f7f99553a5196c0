package commands_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"skein/adapters/memory"
	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/domain/organization"
	"skein/domain/space"
)

var (
	by    = domain.By{Actor: "ada"}
	inLab = commands.Principal{Actor: "ada", Organization: "engines"}
)

// house is a system on a journal in memory.
type house struct {
	*commands.Handler
	journal *memory.Journal
	room    commands.Room // a space of the organization "engines"
	clock   atomic.Int64  // seconds that have passed
}

func build(t *testing.T, unique ...space.Identifier) *house {
	t.Helper()
	var ids atomic.Int64
	h := &house{journal: &memory.Journal{}}
	now := func() time.Time { return time.Date(2026, 1, 5, 9, 0, int(h.clock.Load()), 0, time.UTC) }
	h.journal.Now = now
	h.Handler = &commands.Handler{
		Journal: h.journal, Now: now,
		NewID: func() string { return fmt.Sprintf("id%d", ids.Add(1)) },
		Hash:  sum,
	}
	h.Gate, h.Showing, h.Ground = &gate{journal: h.journal}, &showing{h.journal}, h.journal
	if _, err := h.FoundOrganization(t.Context(), by, "engines", organization.Found{Name: "Engines"}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Organization(t.Context(), by, "engines", organization.Join{User: "ada", Role: organization.Admin}); err != nil {
		t.Fatal(err)
	}
	id, _, err := h.CreateSpace(t.Context(), by, space.Create{Organization: "engines", Name: "Lab", Unique: unique})
	if err != nil {
		t.Fatal(err)
	}
	if h.room, err = h.Enter(t.Context(), inLab, id, access.EditContacts); err != nil {
		t.Fatal(err)
	}
	return h
}

// contact makes a contact with an email address.
func (h *house) contact(t *testing.T, email string) contact.ID {
	t.Helper()
	id, _, err := h.CreateContact(t.Context(), by, h.room, contact.Create{Fields: map[string]string{"email": email}})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// told is the contact as the journal tells it.
func (h *house) told(id contact.ID) contact.Contact { return contact.Replay(id, h.journal.All(0)) }
