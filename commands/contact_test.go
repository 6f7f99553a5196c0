package commands_test

import (
	"errors"
	"sync"
	"testing"

	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/domain/identifier"
	"skein/domain/space"
)

// A value that names one contact names no second one, and the refusal says whose
// it is (C1-15), however the two are written.
func TestIdentifierIsUnique(t *testing.T) {
	t.Parallel()
	h := build(t)
	ada := h.contact(t, "ada@example.org")

	_, _, err := h.CreateContact(t.Context(), by, h.room, contact.Create{Fields: map[string]string{"email": "ADA@example.org"}})
	var refused *domain.Refusal
	if !errors.As(err, &refused) || !errors.Is(err, identifier.ErrTaken) || refused.Names["holder"] != string(ada) || refused.At != "/fields/email" {
		t.Errorf("got %+v, want it to be %s's", err, ada)
	}
	eve := h.contact(t, "eve@example.org")
	if _, err := h.EditContact(t.Context(), by, h.room, eve, contact.Edit{Fields: map[string]string{"email": "ada@example.org"}}); !errors.Is(err, identifier.ErrTaken) {
		t.Errorf("an edit took it: %v", err)
	}
}

// Of many who claim a value at the same moment, one gets it.
func TestIdentifierUnderConcurrency(t *testing.T) {
	t.Parallel()
	h := build(t)
	var wait sync.WaitGroup
	made := make(chan contact.ID, 32)
	for range 32 {
		wait.Go(func() {
			id, _, err := h.CreateContact(t.Context(), by, h.room, contact.Create{Fields: map[string]string{"email": "ada@example.org"}})
			if err == nil {
				made <- id
			} else if !errors.Is(err, identifier.ErrTaken) && !errors.Is(err, commands.ErrMovedOn) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if len(made) != 1 {
		t.Errorf("%d contacts have the same address", len(made))
	}
}

// A value that was changed or whose contact was deleted is free (C1-23, C2-15).
func TestIdentifierIsReleased(t *testing.T) {
	t.Parallel()
	h := build(t)
	ada := h.contact(t, "ada@example.org")
	if _, err := h.EditContact(t.Context(), by, h.room, ada, contact.Edit{Fields: map[string]string{"email": "augusta@example.org"}}); err != nil {
		t.Fatal(err)
	}
	h.contact(t, "ada@example.org")
	if _, err := h.DeleteContact(t.Context(), by, h.room, ada); err != nil {
		t.Fatal(err)
	}
	h.contact(t, "augusta@example.org")
}

// A claim whose command died before its contact came to be counts for a while,
// and is then taken over.
func TestClaimWithoutContact(t *testing.T) {
	t.Parallel()
	h := build(t)
	key := identifier.Key{Space: h.room.ID, Kind: space.Email, Hash: h.Hash(string(h.room.ID), "email", "ada@example.org")}
	if _, err := h.journal.Append(t.Context(), key.Stream(), 0, by, identifier.Claimed{Contact: "died"}); err != nil {
		t.Fatal(err)
	}
	ask := contact.Create{Fields: map[string]string{"email": "ada@example.org"}}
	if _, _, err := h.CreateContact(t.Context(), by, h.room, ask); !errors.Is(err, identifier.ErrPending) {
		t.Errorf("got %v while the other command may still be at it", err)
	}
	h.clock.Add(61)
	if _, _, err := h.CreateContact(t.Context(), by, h.room, ask); err != nil {
		t.Errorf("the address is lost: %v", err)
	}
}

// Whoever is alone with the journal knows that nobody is at it any more.
func TestClaimFromBeforeTheStart(t *testing.T) {
	t.Parallel()
	h := build(t)
	key := identifier.Key{Space: h.room.ID, Kind: space.Email, Hash: h.Hash(string(h.room.ID), "email", "ada@example.org")}
	if _, err := h.journal.Append(t.Context(), key.Stream(), 0, by, identifier.Claimed{Contact: "died"}); err != nil {
		t.Fatal(err)
	}
	h.clock.Add(1)
	h.Alone = h.Now()
	h.contact(t, "ada@example.org")
}

// A contact that is edited back and forth keeps what it shows, whoever waits for
// the address to become free.
func TestIdentifierBackAndForth(t *testing.T) {
	t.Parallel()
	h := build(t)
	ada := h.contact(t, "x@example.org")
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for round := range 10 {
				email := []string{"x@example.org", "y@example.org"}[(i+round)%2]
				var err error
				if i < 4 {
					_, err = h.EditContact(t.Context(), by, h.room, ada, contact.Edit{Fields: map[string]string{"email": email}})
				} else {
					_, _, err = h.CreateContact(t.Context(), by, h.room, contact.Create{Fields: map[string]string{"email": email}})
				}
				var refused *domain.Refusal
				if err != nil && !errors.As(err, &refused) {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	h.oneEach(t)
}

// oneEach fails t when two contacts that stand show the same address.
func (h *house) oneEach(t *testing.T) {
	t.Helper()
	var family contact.Family
	var ids []contact.ID
	for _, r := range h.journal.All(0) {
		family.Tell(r)
		if _, ok := r.Event.(contact.Created); ok {
			ids = append(ids, contact.KeyOf(r.Stream).ID)
		}
	}
	shows := map[string]contact.ID{}
	for _, id := range ids {
		c := family.Told(id)
		email := c.Field("email")
		if c.Standing() != nil || email == "" {
			continue
		}
		if other := shows[email]; other != "" {
			t.Errorf("%s and %s both show %s", other, id, email)
		}
		shows[email] = id
	}
}

// What named an absorbed contact leads to its survivor, who may take it (D1-13).
func TestIdentifierOfAbsorbed(t *testing.T) {
	t.Parallel()
	h := build(t)
	ada, lord := h.contact(t, "ada@example.org"), h.contact(t, "lord@example.org")
	if _, _, err := h.MergeContacts(t.Context(), by, h.room, ada, lord, keeping); err != nil {
		t.Fatal(err)
	}
	_, _, err := h.CreateContact(t.Context(), by, h.room, contact.Create{Fields: map[string]string{"email": "lord@example.org"}})
	var refused *domain.Refusal
	if !errors.As(err, &refused) || refused.Names["holder"] != string(ada) {
		t.Errorf("got %+v, want it to lead to %s", err, ada)
	}
	if _, err := h.EditContact(t.Context(), by, h.room, ada, contact.Edit{Fields: map[string]string{"email": "lord@example.org"}}); err != nil {
		t.Errorf("the survivor may not have it: %v", err)
	}
}

// A space is entered by its own organization only (C1-4, D5-5).
func TestEnter(t *testing.T) {
	t.Parallel()
	h := build(t)
	for _, who := range []commands.Principal{{}, {Organization: "others"}, {Organization: "engines", Actor: "eve"}} {
		if _, err := h.Enter(t.Context(), who, h.room.ID, access.ReadContact); !errors.Is(err, space.ErrUnknown) {
			t.Errorf("%+v got %v", who, err)
		}
	}
	if _, err := h.Enter(t.Context(), inLab, "nowhere", access.ReadContact); !errors.Is(err, space.ErrUnknown) {
		t.Errorf("an unknown space: %v", err)
	}
}
