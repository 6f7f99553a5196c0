package projections_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/contact"
	"skein/projections"
)

var (
	awkward = []string{"%", "_", `\`, "'", `"`, "$1", "Zoë", "ZOE", "Straße", "\u202e", "ﷺ", "\n", "|", "(", "é", "ada@example.org"}
	numbers = []string{"+4930123456", "030 / 123-456", "+49 (0)30 123 456", "0049 30 123456", "2026-01-31", "30"}
)

// words draws text that a search might choke on or find too much by.
func words(t *rapid.T, label string) string {
	text := rapid.OneOf(
		rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom(awkward), 1, 4).Draw(t, "pieces"), "")
		}),
		rapid.SampledFrom(numbers), rapid.String(),
	).Draw(t, label)
	return strings.ReplaceAll(text, "\x00", "")
}

// texts are all that a contact is to be found by: what it is told to be, and what
// everybody in it said, and was called.
func (h *tale) texts(id contact.ID) (all []string) {
	of := func(c contact.Contact) {
		for slot, v := range c.Values {
			tag, isTag := slot.Tag()
			i, isIdentity := slot.Identity()
			switch {
			case v.Text == "":
			case isIdentity:
				all = append(all, i.Channel, i.Of)
			case isTag:
				all = append(all, tag)
			default:
				all = append(all, v.Text)
			}
		}
	}
	of(h.family.Told(id))
	all = append(all, h.family.Told(id).Name())
	for _, one := range h.family.Within(id) {
		for _, c := range []contact.Contact{h.family.Own(one), h.family.Told(one)} {
			if c.Name() != "unknown" {
				all = append(all, c.Name())
			}
		}
		of(h.family.Own(one))
	}
	return all
}

var (
	number = regexp.MustCompile(`^[-0-9 +().,/‐‒–⁄−]*$`)
	noDial = regexp.MustCompile(`[^0-9]`)
)

func dialled(folded string) string {
	if !number.MatchString(folded) {
		return ""
	}
	return noDial.ReplaceAllString(strings.Replace(folded, "(0)", "", 1), "")
}

// finds reports whether a search is to find who is found by texts.
func finds(search string, texts []string) bool {
	sought := domain.Fold(search)
	number := strings.TrimLeft(dialled(sought), "0")
	return slices.ContainsFunc(texts, func(text string) bool {
		folded := domain.Fold(text)
		digits := dialled(folded)
		return strings.Contains(folded, sought) ||
			len(digits) >= 5 && strings.Contains(digits, sought) ||
			len(number) >= 3 && (strings.Contains(folded, number) || len(digits) >= 5 && strings.Contains(digits, number))
	})
}

// A contact is found by every value of each of its family, and by any part of one, in
// whatever case and with or without accents, and by nothing else: what stands for
// anything elsewhere stands for itself (C2-20 to C2-26, C2-71, D1-19).
func TestContactsAreFound(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		if runs++; runs > rounds(60, 5_000) {
			return
		}
		ctx := context.Background()
		h := begin(t, fmt.Sprintf("f%d-", runs))
		for range rapid.IntRange(5, 30).Draw(t, "steps") {
			h.goOn(t)
			id := rapid.SampledFrom(h.people).Draw(t, "who")
			if h.family.Own(id).Created.IsZero() || slices.Contains(h.erased, id) || rapid.Bool().Draw(t, "says nothing") {
				continue
			}
			slots := []contact.Slot{"first_name", "last_name", "city", contact.TagSlot(words(t, "tag")), contact.Identity{Channel: "sms", Of: words(t, "identity")}.Slot()}
			h.happens(t, h.key(id).Stream(), contact.Edited{Says: rapid.MapOfN(rapid.SampledFrom(slots), rapid.Custom(func(t *rapid.T) string {
				return words(t, "text")
			}), 0, 3).Draw(t, "says so")})
		}
		p := &projections.Projector{Name: fmt.Sprint("found", runs), Projection: projections.Contacts{}, DB: db}
		cut := rapid.IntRange(1, len(h.journal.All(0))).Draw(t, "cut")
		for _, page := range [][]domain.Recorded{h.journal.All(0)[:cut], h.journal.All(domain.Position(cut))} {
			if err := p.Follow(ctx, projections.Page{Events: page, End: domain.Position(cut)}); len(page) > 0 && err != nil {
				t.Fatal(err)
			}
		}

		texts := map[contact.ID][]string{}
		searches := append([]string{"030 123", "+4930123", "49 30 123", "0049-30-123456"}, awkward...)
		for _, id := range h.people {
			if h.family.Own(id).Standing() == nil {
				texts[id] = h.texts(id)
				searches = append(searches, texts[id]...)
			}
		}
		for range 20 {
			whole := []rune(rapid.SampledFrom(searches).Draw(t, "whole"))
			from := rapid.IntRange(0, len(whole)).Draw(t, "from")
			searches = append(searches, string(whole[from:rapid.IntRange(from, len(whole)).Draw(t, "to")]))
		}
		slices.Sort(searches)
		for _, search := range slices.Compact(searches) {
			if domain.Fold(search) == "" {
				continue
			}
			var want, got []contact.ID
			for id := range texts {
				if finds(search, texts[id]) {
					want = append(want, id)
				}
			}
			for c := range pages(ctx, t, db, projections.ContactList{In: h.room.ID, Search: search, Sort: projections.ByCreated, Limit: 3}) {
				got = append(got, c.ID)
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("by %q are found (-meant +found):\n%s of %q", search, diff, texts)
			}
		}
	})
}

// What a contact is found by is bounded, its own values first, and is verified all the same.
func TestFoundByIsBounded(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h, db := build(t, "bound-"), postgrestest.Open(t)
	ada := contact.Key{Space: h.room.ID, ID: "ada"}
	say := func(id contact.ID, events ...domain.Event) {
		t.Helper()
		if _, err := h.journal.Append(ctx, contact.Key{Space: h.room.ID, ID: id}.Stream(), 0, by, events...); err != nil {
			t.Fatal(err)
		}
	}
	say(ada.ID, contact.Created{Says: map[contact.Slot]string{"first_name": "Ada", "zz": strings.Repeat("ﷺ", 2000) + "end"}})
	for i := range 100 {
		long := fmt.Sprint(i, strings.Repeat(" €", 999))
		say(contact.ID(fmt.Sprint("part", i)), contact.Created{Says: map[contact.Slot]string{"first_name": long}}, contact.Merged{Survivor: ada.ID})
	}
	follow(ctx, t, &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: db}, h.journal, 0)
	var size int
	if err := db.QueryRow(ctx, `SELECT octet_length(found_by) FROM contacts WHERE id = 'ada'`).Scan(&size); err != nil || size > 64<<10 || size < 56<<10 {
		t.Errorf("found by %d bytes, %v", size, err)
	}
	for search, n := range map[string]int{"ADA": 1, "ﷺ": 1, "0 €": 1, "end": 0, "99 €": 0} {
		found, _, err := projections.ListContacts(ctx, db, projections.ContactList{In: h.room.ID, Search: search, Limit: 9})
		if err != nil || len(found) != n {
			t.Errorf("by %s: %d contacts, %v", search, len(found), err)
		}
	}
	if all, _ := h.verified(t, db, 0); len(all) > 0 {
		t.Errorf("a verification tells %v", all)
	}
	if _, err := db.Exec(ctx, `UPDATE contacts SET found_by = found_by || ' lovelace'`); err != nil {
		t.Fatal(err)
	}
	if all, _ := h.verified(t, db, 0); len(all) != 1 || all[0].Field != "found_by" {
		t.Errorf("after a change a verification tells %v", all)
	}
}

// Nothing is no search, and a page of one search has no next one in another.
func TestSearchesAreRefused(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h, db := build(t, "sought-"), postgrestest.Open(t)
	for range 2 {
		if _, _, err := h.CreateContact(ctx, by, h.room, contact.Create{Fields: map[string]string{"first_name": "Ada"}}); err != nil {
			t.Fatal(err)
		}
	}
	follow(ctx, t, &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: db}, h.journal, 0)
	list := projections.ContactList{In: h.room.ID, Search: "ada", Limit: 1}
	_, cursor, err := projections.ListContacts(ctx, db, list)
	if err != nil || cursor == "" {
		t.Fatalf("got %q, %v", cursor, err)
	}
	list.Search, list.Cursor = "da", cursor
	if _, _, err := projections.ListContacts(ctx, db, list); !errors.Is(err, domain.Refuse(domain.Invalid, "cursor_invalid", "")) {
		t.Errorf("in another search: %v", err)
	}
	for _, nothing := range []string{" ", "\u0301", "\x00", "\t\n"} {
		_, _, err := projections.ListContacts(ctx, db, projections.ContactList{In: h.room.ID, Search: nothing, Limit: 1})
		if !errors.Is(err, domain.Refuse(domain.Invalid, "search_empty", "")) {
			t.Errorf("%q: %v", nothing, err)
		}
	}
	if _, _, err := projections.ListContacts(ctx, db, projections.ContactList{In: h.room.ID, Search: "\xff", Limit: 1}); err != nil {
		t.Errorf("broken text: %v", err)
	}
}
