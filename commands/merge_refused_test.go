package commands_test

import (
	"errors"
	"maps"
	"testing"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// C2-69, D1-1, D1-2: a contact is not merged with itself, with what is deleted, nor with
// one of another space, which looks like none at all.
func TestMergeRefused(t *testing.T) {
	t.Parallel()
	on := threeOf(t)
	other, _, err := on.CreateSpace(t.Context(), by, space.Create{Organization: "engines", Name: "Works"})
	if err != nil {
		t.Fatal(err)
	}
	stranger, _, err := on.CreateContact(t.Context(), by, commands.Room{ID: other}, contact.Create{Tags: []string{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := on.DeleteContact(t.Context(), by, on.room, on.eve); err != nil {
		t.Fatal(err)
	}
	before := len(on.journal.All(0))
	codes := map[string]string{}
	for what, two := range map[string][2]contact.ID{
		"itself": {on.ada, on.ada}, "deleted": {on.ada, on.eve}, "into deleted": {on.eve, on.ada},
		"another space's": {on.ada, stranger}, "into another space's": {stranger, on.ada}, "nobody": {on.ada, "nobody"}, "into nobody": {"nobody", on.ada},
	} {
		_, _, err := on.MergeContacts(t.Context(), by, on.room, two[0], two[1], keeping)
		var refused *domain.Refusal
		if !errors.As(err, &refused) {
			t.Fatalf("%s: %v", what, err)
		}
		codes[what] = refused.Code
	}
	if want := map[string]string{
		"itself": "contact_is_itself", "deleted": "contact_deleted", "into deleted": "contact_deleted",
		"another space's": "contact_unknown", "into another space's": "survivor_unknown", "nobody": "contact_unknown", "into nobody": "survivor_unknown",
	}; !maps.Equal(codes, want) || len(on.journal.All(0)) != before {
		t.Errorf("refused as %v with %d events more", codes, len(on.journal.All(0))-before)
	}
}

// D1-7: of two values that name one contact one has to be chosen, and the other one leads
// to the survivor too.
func TestMergeChoosesIdentifiers(t *testing.T) {
	t.Parallel()
	for choice, shows := range map[contact.Choice]string{contact.Survivors: "ada@example.org", contact.Absorbeds: "lord@example.org", contact.Neithers: ""} {
		on := threeOf(t)
		_, _, err := on.MergeContacts(t.Context(), by, on.room, on.ada, on.lord, contact.Absorb{})
		if !errors.Is(err, contact.ErrChoose) {
			t.Fatalf("merged without a choice: %v", err)
		}
		chosen := contact.Absorb{Choices: map[string]contact.Choice{"email": choice}}
		if _, _, err := on.MergeContacts(t.Context(), by, on.room, on.ada, on.lord, chosen); err != nil {
			t.Fatal(err)
		}
		if got := on.told(on.ada).Field("email"); got != shows {
			t.Errorf("%s: shows %q, want %q", choice, got, shows)
		}
		for _, address := range []string{"ada@example.org", "lord@example.org"} {
			_, _, err := on.CreateContact(t.Context(), by, on.room, contact.Create{Fields: map[string]string{"email": address}})
			var refused *domain.Refusal
			if !errors.As(err, &refused) || refused.Names["holder"] != string(on.ada) {
				t.Errorf("%s: %s leads to %v", choice, address, err)
			}
		}
	}
}
