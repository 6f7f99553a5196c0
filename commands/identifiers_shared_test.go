package commands_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"skein/commands"
	"skein/domain/contact"
	"skein/domain/identifier"
	"skein/domain/space"
)

// What a contact gave up while the value could be shared is in nobody's way later.
func TestClaimFromWhenItWasShared(t *testing.T) {
	t.Parallel()
	h := alone(t)
	ada := h.contact(t, "us@example.org")
	h.identify(t, space.ExtID)
	if _, err := h.EditContact(t.Context(), by, h.room, ada, contact.Edit{Fields: map[string]string{"email": ""}}); err != nil {
		t.Fatal(err)
	}
	h.identify(t, space.DefaultUnique...)
	h.contact(t, "us@example.org")
}

// Contacts that share an address and are one show it once. Whoever is taken out
// later shows no address that another one shows.
func TestUnmergeOfWhatWasShared(t *testing.T) {
	t.Parallel()
	h := alone(t)
	h.identify(t, space.ExtID)
	var ids []contact.ID
	for _, id := range []string{"a", "b", "c", "d"} {
		made, err := h.create(t, "us@example.org", id)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, made)
	}
	for _, m := range [][2]int{{2, 3}, {0, 2}, {0, 1}} { // d into c, and c and b into a
		if _, _, err := h.MergeContacts(t.Context(), by, h.room, ids[m[0]], ids[m[1]], keeping); err != nil {
			t.Fatal(err)
		}
	}
	h.identify(t, space.DefaultUnique...)
	for _, one := range []int{1, 2} {
		if _, err := h.UnmergeContact(t.Context(), by, h.room, ids[one], commands.Parting{}); !errors.Is(err, identifier.ErrTaken) {
			t.Errorf("%d was taken out with the address: %v", one, err)
		}
	}
	if _, err := h.EditContact(t.Context(), by, h.room, ids[0], contact.Edit{Fields: map[string]string{"email": "a@example.org"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.UnmergeContact(t.Context(), by, h.room, ids[2], commands.Parting{}); err != nil {
		t.Fatal(err)
	}
	h.oneEach(t)
	if _, err := h.UnmergeContact(t.Context(), by, h.room, ids[1], commands.Parting{}); !errors.Is(err, identifier.ErrTaken) {
		t.Errorf("b has what c has: %v", err)
	}
	if _, err := h.UnmergeContact(t.Context(), by, h.room, ids[3], commands.Parting{}); !errors.Is(err, identifier.ErrTaken) {
		t.Errorf("d has what c has: %v", err)
	}
	h.oneEach(t)
}

// Mail from an address that several contacts share leads to the one who was in touch
// last, and makes nobody new.
func TestMailFromSharedAddress(t *testing.T) {
	t.Parallel()
	h := alone(t, space.ExtID)
	mail := commands.Mailed{Identity: "1", Email: "us@example.org", At: h.Now()}
	ada, err := h.create(t, "us@example.org", "a")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Receive(t.Context(), by, h.room, mail); err != nil {
		t.Fatal(err)
	}
	if _, err := h.create(t, "us@example.org", "b"); err != nil {
		t.Fatal(err)
	}
	mail.Identity, mail.At = "2", mail.At.Add(time.Second)
	if err := h.Receive(t.Context(), by, h.room, mail); err != nil {
		t.Fatal(err)
	}
	told, ids := families(h.journal, h.room.ID)
	if last := told.Told(ada).LastInteraction; len(ids) != 2 || !last.Equal(mail.At) {
		t.Errorf("of %v, %s was in touch last at %s, want %s", ids, ada, last, mail.At)
	}
}

// It is known who had a value and when (C1-23), under an id that stays the same
// whatever happens to the contact's identifiers (C1-22).
func TestHolders(t *testing.T) {
	t.Parallel()
	h := build(t)
	ada := h.contact(t, "us@example.org")
	h.clock.Add(1)
	if _, err := h.EditContact(t.Context(), by, h.room, ada, contact.Edit{Fields: map[string]string{"email": "ada@example.org"}}); err != nil {
		t.Fatal(err)
	}
	h.clock.Add(1)
	eve := h.contact(t, "us@example.org")
	if _, _, err := h.MergeContacts(t.Context(), by, h.room, ada, eve, keeping); err != nil {
		t.Fatal(err)
	}
	monday := h.Now().Add(-2 * time.Second)
	want := []commands.Holding{
		{Contact: ada, From: monday, Until: monday.Add(time.Second), Root: ada},
		{Contact: eve, From: monday.Add(2 * time.Second), Root: ada},
	}
	if got, err := h.Holders(t.Context(), h.room, space.Email, " US@example.org"); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	h.clock.Add(1)
	if _, err := h.DeleteContact(t.Context(), by, h.room, ada); err != nil {
		t.Fatal(err)
	}
	want[1].Until = h.Now()
	if got, err := h.Holders(t.Context(), h.room, space.Email, "us@example.org"); err != nil || !slices.Equal(got, want) {
		t.Errorf("after the deletion %+v, %v, want %+v", got, err, want)
	}
	if _, err := h.Holders(t.Context(), h.room, "shoe", "9"); err == nil {
		t.Error("a shoe is no identifier")
	}
	if _, err := h.Holders(t.Context(), h.room, space.Email, "ada"); err == nil {
		t.Error("a name is no address")
	}
}
