package commands_test

import (
	"errors"
	"slices"
	"testing"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
	"skein/domain/space"
)

// identify changes what names one contact of the house's space.
func (h *house) identify(t *testing.T, unique ...space.Identifier) {
	t.Helper()
	if _, err := h.ChangeIdentifiers(t.Context(), by, h.room, nil, unique); err != nil {
		t.Fatal(err)
	}
}

// alone is a house that need not wait for other processes.
func alone(t *testing.T, unique ...space.Identifier) *house {
	t.Helper()
	h := build(t, unique...)
	h.Alone = h.Now()
	return h
}

func (h *house) create(t *testing.T, email, id string) (contact.ID, error) {
	t.Helper()
	made, _, err := h.CreateContact(t.Context(), by, h.room, contact.Create{Fields: map[string]string{"email": email, "external_id": id}})
	return made, err
}

// Once an address may be shared, several contacts have it (C1-16). It cannot be the
// only one's again while they do, and the refusal names them (C1-19); as soon as one
// of them has another one it can, and is refused to everybody else (C1-15).
func TestChangeIdentifiers(t *testing.T) {
	t.Parallel()
	h := alone(t)
	ada := h.contact(t, "us@example.org")
	h.identify(t, space.ExtID)
	if _, err := h.create(t, "us@example.org", ""); !errors.Is(err, domain.Refuse(0, "identifier_missing", "")) {
		t.Errorf("a contact was made of a shared address alone: %v (C1-17)", err)
	}
	row := commands.ImportRow{Line: 1, Fields: map[string]string{"email": "us@example.org"}}
	_, err := h.ImportContacts(t.Context(), by, h.room, slices.Values([]commands.ImportRow{row}), func(done commands.Imported) {
		if done.Err == nil || done.Err.Code != "identifier_missing" || done.Err.Names["missing"] != "external_id" {
			t.Errorf("imported %+v (C1-17)", done)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	eve, err := h.create(t, "us@example.org", "e")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.EditContact(t.Context(), by, h.room, ada, contact.Edit{Fields: map[string]string{"email": "ada@example.org"}}); err != nil {
		t.Fatal(err)
	}
	kit, err := h.create(t, "us@example.org", "k")
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.ChangeIdentifiers(t.Context(), by, h.room, nil, space.DefaultUnique)
	var shared *commands.SharedError
	if !errors.As(err, &shared) || shared.Total != 1 || len(shared.Values) != 1 || shared.Values[0].Value != "us@example.org" || !slices.Equal(shared.Values[0].Holders, []contact.ID{eve, kit}) {
		t.Fatalf("got %+v, want it to be %s's and %s's", err, eve, kit)
	}
	told, err := h.ReadIdentifiers(t.Context(), h.room)
	if err != nil || !slices.Equal(told.Unique, []space.Identifier{space.ExtID}) || told.Becoming != nil {
		t.Errorf("it is half applied: %+v, %v", told, err)
	}
	if _, err := h.EditContact(t.Context(), by, h.room, kit, contact.Edit{Fields: map[string]string{"email": "kit@example.org"}}); err != nil {
		t.Fatal(err)
	}
	h.identify(t, space.DefaultUnique...)
	for _, address := range []string{"us@example.org", "ada@example.org", "kit@example.org"} {
		if _, err := h.create(t, address, ""); !errors.Is(err, identifier.ErrTaken) {
			t.Errorf("%s: %v", address, err)
		}
	}
	h.oneEach(t)
}

// Two identifiers that are two contacts' are refused, to new contacts and to edits,
// and nobody is merged (C1-21).
func TestIdentifiersOfTwo(t *testing.T) {
	t.Parallel()
	h := build(t)
	ada := h.contact(t, "ada@example.org")
	eve, err := h.create(t, "eve@example.org", "e")
	if err != nil {
		t.Fatal(err)
	}
	var refused *domain.Refusal
	if _, err := h.create(t, "ada@example.org", "e"); !errors.As(err, &refused) || refused.Code != "identifier_taken" || refused.Names["holder"] != string(ada) {
		t.Errorf("a new contact is both: %v", err)
	}
	if _, err := h.EditContact(t.Context(), by, h.room, h.contact(t, "kit@example.org"), contact.Edit{Fields: map[string]string{"email": "ada@example.org", "external_id": "e"}}); !errors.Is(err, identifier.ErrTaken) {
		t.Errorf("an edited one is both: %v", err)
	}
	if h.told(ada).Standing() != nil || h.told(eve).Standing() != nil {
		t.Error("somebody was merged")
	}
	if _, err := h.create(t, "", "E"); err != nil {
		t.Errorf("an id is taken in another case: %v (C1-14)", err)
	}
}

// Asked again under the same key, a change is not made again, whatever was changed
// since; asked again after it failed, it is.
func TestChangeIdentifiersOnce(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := alone(t, space.Email, space.ExtID)
	change := func(key string, unique ...space.Identifier) (domain.Position, error) {
		return h.ChangeIdentifiers(ctx, domain.By{Actor: "ada", Key: key, Ask: key}, h.room, nil, unique)
	}
	both := []space.Identifier{space.Email, space.ExtID}
	for _, asked := range []struct {
		key       string
		is, since []space.Identifier
	}{{"looser", both[1:], both}, {"tighter", both, both[1:]}} {
		h.identify(t, asked.since...)
		first, err := change(asked.key, asked.is...)
		if err != nil {
			t.Fatal(err)
		}
		h.identify(t, asked.since...)
		again, err := change(asked.key, asked.is...)
		told, _ := h.ReadIdentifiers(ctx, h.room)
		if err != nil || again != first || !slices.Equal(told.Unique, asked.since) {
			t.Errorf("%s: answered %d, and then %d, %v; %v", asked.key, first, again, err, told.Unique)
		}
	}
	h.identify(t, space.ExtID)
	ada, err := h.create(t, "us@example.org", "1")
	if err != nil {
		t.Fatal(err)
	}
	eve, err := h.create(t, "us@example.org", "2")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := change("shared", both...); !errors.As(err, new(*commands.SharedError)) {
		t.Errorf("%s and %s share an address: %v", ada, eve, err)
	}
	if _, err := h.DeleteContact(ctx, by, h.room, eve); err != nil {
		t.Fatal(err)
	}
	if _, err := change("shared", both...); err != nil {
		t.Error(err)
	}
	if told, _ := h.ReadIdentifiers(ctx, h.room); !slices.Equal(told.Unique, both) {
		t.Errorf("after all %v", told.Unique)
	}
}
