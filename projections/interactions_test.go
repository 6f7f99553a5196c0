package projections_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/projections"
)

// A merge writes no row of what was said, however much it is, and neither does taking
// the contact out again (D1-15): who views the messages of the survivor sees all of them
// as soon as they are one (C2-63), and of each its own afterwards (C2-75).
func TestMergeMovesNoInteraction(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h, db := build(t, "still-"), postgrestest.Open(t)
	p := &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: db}
	key := func(id contact.ID) contact.Key { return contact.Key{Space: h.room.ID, ID: id} }
	record := func(id contact.ID, length uint64, e contact.Event) {
		t.Helper()
		if _, err := h.journal.Append(ctx, key(id).Stream(), length, by, e); err != nil {
			t.Fatal(err)
		}
	}
	monday := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	for _, id := range []contact.ID{"ada", "lord"} {
		record(id, 0, contact.Created{Says: map[contact.Slot]string{"first_name": string(id)}})
		for n := range 3 {
			if _, err := h.journal.Append(ctx, conversation.Stream(key(id)), uint64(n), by, conversation.MessageReceived{
				Message: conversation.MessageID(fmt.Sprint(id, n)), Channel: "email", Identity: string(id) + "@example.org", At: monday.Add(time.Duration(n) * time.Hour),
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	cut := follow(ctx, t, p, h.journal, 0)
	versions := func() (of string) {
		t.Helper()
		if err := db.QueryRow(ctx, `SELECT string_agg(ctid::text || xmin::text || xmax::text, ' ' ORDER BY position) FROM interactions`).Scan(&of); err != nil {
			t.Fatal(err)
		}
		return of
	}
	messages := func(of contact.ID) (refs []contact.Ref) {
		t.Helper()
		list, _, err := projections.Interactions(ctx, db, projections.InteractionList{In: h.room.ID, Of: of, Oldest: true, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range list {
			refs = append(refs, one.Ref)
		}
		return refs
	}
	before, lords := versions(), messages("lord")
	record("lord", 1, contact.Merged{Survivor: "ada"})
	cut = follow(ctx, t, p, h.journal, cut)
	if diff := cmp.Diff([]contact.Ref{"message ada0", "message lord0", "message ada1", "message lord1", "message ada2", "message lord2"}, messages("ada")); diff != "" {
		t.Errorf("merged they said otherwise (-want +got):\n%s", diff)
	}
	record("lord", 2, contact.Unmerged{Survivor: "ada"})
	follow(ctx, t, p, h.journal, cut)
	if diff := cmp.Diff(lords, messages("lord")); diff != "" {
		t.Errorf("taken out again lord said otherwise (-before +after):\n%s", diff)
	}
	if after := versions(); after != before {
		t.Errorf("rows were written: %s, then %s", before, after)
	}
}

// A cursor is good for its own list only (D3-11), and one that was made up is refused.
func TestInteractionCursorIsBound(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h, db := build(t, "bound-"), postgrestest.Open(t)
	if _, err := h.journal.Append(ctx, contact.Key{Space: h.room.ID, ID: "ada"}.Stream(), 0, by, contact.Created{Says: map[contact.Slot]string{"first_name": "Ada"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.journal.Append(ctx, conversation.Stream(contact.Key{Space: h.room.ID, ID: "ada"}), 0, by,
		conversation.Commented{Comment: "1", Text: "Tea"}, conversation.Commented{Comment: "2", Text: "Milk"}); err != nil {
		t.Fatal(err)
	}
	follow(ctx, t, &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: db}, h.journal, 0)
	list := projections.InteractionList{In: h.room.ID, Of: "ada", Limit: 1}
	_, cursor, err := projections.Interactions(ctx, db, list)
	if err != nil || cursor == "" {
		t.Fatalf("got %q, %v", cursor, err)
	}
	for name, change := range map[string]func(*projections.InteractionList){
		"other order":   func(q *projections.InteractionList) { q.Oldest = true },
		"other contact": func(q *projections.InteractionList) { q.Of = "lord" },
		"other space":   func(q *projections.InteractionList) { q.In = "elsewhere" },
		"other kinds":   func(q *projections.InteractionList) { q.Kinds = []string{"commented"} },
		"made up":       func(q *projections.InteractionList) { q.Cursor = "abc" },
	} {
		ask := list
		ask.Cursor = cursor
		change(&ask)
		if _, _, err := projections.Interactions(ctx, db, ask); !errors.Is(err, domain.Refuse(domain.Invalid, "cursor_invalid", "")) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	list.Cursor = cursor
	if _, next, err := projections.Interactions(ctx, db, list); err != nil || next != "" {
		t.Errorf("the last page leads to %q, %v", next, err)
	}
}

// Who is written to before it is made, as a contact that is being split off another one
// can be, is made all the same among many that nobody wrote to.
func TestWrittenToBeforeItIsMade(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h, db := build(t, "early-"), postgrestest.Open(t)
	p := &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: db}
	half := contact.Key{Space: h.room.ID, ID: "half"}
	monday := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	record := func(s domain.Stream, e domain.Event) {
		t.Helper()
		if _, err := h.journal.Append(ctx, s, 0, by, e); err != nil {
			t.Fatal(err)
		}
	}
	record(conversation.Stream(half), conversation.MessageReceived{Message: "1", Channel: "email", Identity: "half@example.org", At: monday})
	cut := follow(ctx, t, p, h.journal, 0)
	for n := range 120 {
		record(contact.Key{Space: h.room.ID, ID: contact.ID(fmt.Sprint(n))}.Stream(), contact.Created{Says: map[contact.Slot]string{"first_name": "Ada"}})
	}
	record(half.Stream(), contact.Created{Origin: contact.BySplit, Of: "0", Says: map[contact.Slot]string{"first_name": "Half"}})
	follow(ctx, t, p, h.journal, cut)
	full, err := projections.OneContact(ctx, db, h.room.ID, "half")
	if err != nil || full.LastIncoming == nil || !full.LastIncoming.Equal(monday) {
		t.Errorf("told as %+v, %v", full, err)
	}
}
