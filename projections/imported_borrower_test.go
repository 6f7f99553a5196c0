package projections_test

import (
	"testing"

	"skein/commands"
	"skein/domain/contact"
)

// A value that a contact has borrowed of its part is the part's in the imported space
// too, though the contact had it first: the two do not come apart with it.
func TestImportedBorrower(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h, other := build(t, "lender-"), build(t, "borrower-")
	other.Hash = digest
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	email := func(address string) map[string]string { return map[string]string{"email": address} }
	ada, _, err := h.CreateContact(ctx, by, h.room, contact.Create{Fields: email("x@example.org")})
	must(err)
	_, err = h.EditContact(ctx, by, h.room, ada, contact.Edit{Fields: email("y@example.org")})
	must(err)
	eve, _, err := h.CreateContact(ctx, by, h.room, contact.Create{Fields: email("x@example.org")})
	must(err)
	_, _, err = h.MergeContacts(ctx, by, h.room, ada, eve, contact.Absorb{Choices: map[string]contact.Choice{"email": contact.Survivors}})
	must(err)
	_, err = h.EditContact(ctx, by, h.room, ada, contact.Edit{Fields: email("x@example.org")})
	must(err)

	about, events := exported(ctx, t, h)
	done, err := other.ImportSpace(ctx, other.journal, by, other.room.Space.Organization, "Copy", about, events, nil)
	must(err)
	other.room, err = other.SpaceOf(ctx, other.room.Space.Organization, done.ID)
	must(err)
	_, refused := h.UnmergeContact(ctx, by, h.room, eve, commands.Parting{})
	if _, same := other.UnmergeContact(ctx, by, other.room, eve, commands.Parting{}); refused == nil || code(same) != code(refused) {
		t.Errorf("unmerged with %v, and in the imported space with %v", refused, same)
	}
}
