package commands_test

import (
	"errors"
	"testing"

	"skein/commands"
	"skein/domain/contact"
	"skein/domain/identifier"
)

// A value that is left off a contact goes on being its borrower's, also while nobody
// sees it of that one: whoever wants it later is refused however long ago that was (D2-5).
func TestLeftOffIsKeptUnseen(t *testing.T) {
	t.Parallel()
	h := build(t)
	create := func(fields map[string]string) contact.ID {
		t.Helper()
		id, _, err := h.CreateContact(t.Context(), by, h.room, contact.Create{Fields: fields})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	absorb := func(into, id contact.ID, choices map[string]contact.Choice) {
		t.Helper()
		if _, _, err := h.MergeContacts(t.Context(), by, h.room, into, id, contact.Absorb{Choices: choices}); err != nil {
			t.Fatal(err)
		}
	}
	kit, ada, lord := create(map[string]string{"external_id": "K"}), create(map[string]string{"first_name": "Ada"}), create(map[string]string{"external_id": "L"})
	absorb(ada, lord, nil)
	if _, err := h.EditContact(t.Context(), by, h.room, ada, contact.Edit{Fields: map[string]string{"external_id": "L"}}); err != nil {
		t.Fatal(err)
	}
	absorb(kit, ada, map[string]contact.Choice{"external_id": contact.Survivors})
	off := commands.Parting{Resolutions: map[string]commands.Resolution{"external_id": commands.LeaveOff}}
	if _, err := h.UnmergeContact(t.Context(), by, h.room, lord, off); err != nil {
		t.Fatal(err)
	}
	if _, err := h.UnmergeContact(t.Context(), by, h.room, ada, commands.Parting{}); err != nil {
		t.Fatal(err)
	}
	h.clock.Add(3600)
	if _, _, err := h.CreateContact(t.Context(), by, h.room, contact.Create{Fields: map[string]string{"external_id": "L"}}); !errors.Is(err, identifier.ErrTaken) {
		t.Errorf("ada shows %q, and a second contact with it: %v", h.told(ada).Field("external_id"), err)
	}
}
