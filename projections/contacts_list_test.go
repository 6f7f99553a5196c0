package projections_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"skein/adapters/postgres/postgrestest"
	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/projections"
)

// Every order lists every contact once, whatever the size of the pages, ties
// being broken by id (C2-6); a list of no more than a page has no next one.
func TestListContacts(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h, db := build(t, "list-"), postgrestest.Open(t)
	for i := range 7 {
		fields := map[string]string{"first_name": string(rune('c' - i%3)), "email": fmt.Sprint(i, "@example.org")}
		if _, _, err := h.CreateContact(ctx, by, h.room, contact.Create{Fields: fields}); err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			at := time.Date(2026, 1, 1+i%4, 0, 0, 0, i, time.UTC)
			if err := h.Receive(ctx, by, h.room, commands.Mailed{Identity: fmt.Sprint(i), Email: fields["email"], At: at}); err != nil {
				t.Fatal(err)
			}
		}
	}
	follow(ctx, t, &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: db}, h.journal, 0)

	for _, sort := range []projections.Sort{projections.ByName, projections.ByCreated, projections.ByInteraction} {
		var whole []contact.ID
		for _, limit := range []int{7, 1, 2, 3} {
			var ids []contact.ID
			for c := range pages(ctx, t, db, projections.ContactList{In: h.room.ID, Sort: sort, Limit: limit}) {
				ids = append(ids, c.ID)
			}
			if limit == 7 {
				whole = ids
			}
			if len(ids) != 7 || !slices.Equal(ids, whole) {
				t.Errorf("by %s in pages of %d: %v, want %v", sort, limit, ids, whole)
			}
		}
		var down []contact.ID
		for c := range pages(ctx, t, db, projections.ContactList{In: h.room.ID, Sort: "-" + sort, Limit: 2}) {
			down = append(down, c.ID)
		}
		if slices.Reverse(down); !slices.Equal(down, whole) {
			t.Errorf("by %s the other way round: %v, want %v reversed", sort, down, whole)
		}
	}
}

// A cursor is good for its own list only (D3-11), and one that was made up is
// refused, never a fault.
func TestCursorIsBound(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h, db := build(t, "cursor-"), postgrestest.Open(t)
	for range 2 {
		if _, _, err := h.CreateContact(ctx, by, h.room, contact.Create{Fields: map[string]string{"first_name": "Ada"}}); err != nil {
			t.Fatal(err)
		}
	}
	follow(ctx, t, &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: db}, h.journal, 0)
	list := projections.ContactList{In: h.room.ID, Sort: projections.ByCreated, Limit: 1}
	_, cursor, err := projections.ListContacts(ctx, db, list)
	if err != nil || cursor == "" {
		t.Fatalf("got %q, %v", cursor, err)
	}
	plain, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		t.Fatal(err)
	}
	forged := func(old, now string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(plain), old, now, 1)))
	}
	for name, ask := range map[string]projections.ContactList{
		"other sort":    {In: list.In, Sort: projections.ByName, Limit: 1, Cursor: cursor},
		"other space":   {In: "elsewhere", Sort: list.Sort, Limit: 1, Cursor: cursor},
		"other filter":  {In: list.In, Sort: list.Sort, Filter: vip, Limit: 1, Cursor: cursor},
		"no cursor":     {In: list.In, Sort: list.Sort, Limit: 1, Cursor: "abc"},
		"no time":       {In: list.In, Sort: list.Sort, Limit: 1, Cursor: forged(`"k":"2026`, `"k":"year`)},
		"NUL in the id": {In: list.In, Sort: list.Sort, Limit: 1, Cursor: forged(`"i":"`, `"i":"\u0000`)},
	} {
		_, _, err := projections.ListContacts(ctx, db, ask)
		if !errors.Is(err, domain.Refuse(domain.Invalid, "cursor_invalid", "")) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
