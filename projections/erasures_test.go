package projections_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/erasure"
	"skein/projections"
)

// Erasures are listed by space, the last one first, page by page, each with whom it
// concerned and whether anything of them may still be in a file.
func TestListErasures(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	h := build(t, "erasures-")
	for i := range 5 {
		id := contact.ID(fmt.Sprint("c", i))
		h.record(t, erasure.Key{Space: h.room.ID, Contact: id}.Stream(), erasure.Erased{Members: []contact.ID{id, "part of " + id}, Streams: i, Reason: "asked for"})
		h.record(t, erasure.Key{Space: "another", Contact: id}.Stream(), erasure.Erased{Members: []contact.ID{id}})
	}
	h.record(t, erasure.Key{Space: h.room.ID, Contact: "c3"}.Stream(), erasure.Removed{})
	follow(t.Context(), t, &projections.Projector{Name: "erasures", Projection: projections.Erasures{}, DB: db}, h.journal, 0)

	var got []projections.Erasure
	for cursor, began := "", true; began || cursor != ""; began = false {
		page, next, err := projections.ListErasures(t.Context(), db, h.room.ID, cursor, 2)
		if err != nil || len(page) > 2 {
			t.Fatal(len(page), err)
		}
		got, cursor = append(got, page...), next
	}
	var want []projections.Erasure
	for _, r := range h.journal.All(0) {
		switch key := erasure.KeyOf(r.Stream); e := r.Event.(type) {
		case erasure.Erased:
			if key.Space == h.room.ID {
				want = append(want, projections.Erasure{
					Contact: key.Contact, Members: e.Members, Streams: int64(e.Streams), Reason: e.Reason, Erased: r.At, By: r.By.Actor, Position: r.Position,
				})
			}
		case erasure.Removed:
			want[3].Removed = &r.At
		}
	}
	slices.Reverse(want)
	if diff := cmp.Diff(want, got, cmpopts.EquateApproxTime(0)); diff != "" {
		t.Errorf("listed otherwise (-want +got):\n%s", diff)
	}
	_, next, err := projections.ListErasures(t.Context(), db, h.room.ID, "", 2)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := projections.ListErasures(t.Context(), db, "another", next, 2); code(err) != "cursor_invalidmap[]" {
		t.Errorf("the cursor of another list: %v", err)
	}
}

// What is to be removed from files is what was erased, until it is removed.
func TestUnremovedErasures(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	h := build(t, "unremoved-")
	p := &projections.Projector{Name: "erasures", Projection: projections.Erasures{}, DB: db}
	record := func(id contact.ID, what erasure.Event) {
		h.record(t, erasure.Key{Space: h.room.ID, Contact: id}.Stream(), what)
	}
	unremoved := func(want ...contact.ID) {
		t.Helper()
		follow(t.Context(), t, p, h.journal, p.Reached())
		list, err := projections.UnremovedErasures(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		var got []contact.ID
		for _, one := range list {
			if r := h.journal.All(one.Position - 1)[0]; one.Space != h.room.ID || r.Stream != one.Stream() {
				t.Errorf("%+v is not where %s was erased", one, r.Stream)
			}
			got = append(got, one.Contact)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("unremoved (-want +got):\n%s", diff)
		}
	}
	unremoved()
	record("eve", erasure.Erased{Members: []contact.ID{"eve"}})
	record("ada", erasure.Erased{Members: []contact.ID{"ada"}})
	unremoved("eve", "ada")
	record("eve", erasure.Removed{})
	unremoved("ada")
	record("ada", erasure.Removed{})
	unremoved()
}

// Every projection's checkpoint passes an erasure as soon as it follows it, whatever it
// concerns; until all have, or while one is told from the beginning or compared, it is not
// passed.
func TestPassed(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	h := build(t, "passed-")
	h.record(t, erasure.Key{Space: h.room.ID, Contact: "ada"}.Stream(), erasure.Erased{Members: []contact.ID{"ada"}})
	erased := domain.Position(len(h.journal.All(0)))
	h.record(t, erasure.Key{Space: h.room.ID, Contact: "ada"}.Stream(), erasure.Removed{})
	is := func(want bool, when string, at domain.Position, names ...string) {
		t.Helper()
		if passed, err := projections.Passed(t.Context(), db, at, names...); err != nil || passed != want {
			t.Errorf("%s it is %t that all have passed %d, %v", when, passed, at, err)
		}
	}
	var names []string
	for name, projection := range others {
		is(false, "while "+name+" has not,", erased, append(names, name)...)
		p := &projections.Projector{Name: name, Projection: projection, DB: db}
		follow(t.Context(), t, p, h.journal, 0)
		is(true, "with "+name, erased, append(names, name)...)
		names = append(names, name)
	}
	is(true, "in the end", erased, names...)
	is(false, "before it has come,", erased+2, names...)
	if _, err := db.Exec(t.Context(), `INSERT INTO checkpoints VALUES ('of another process', $1)`, erased-1); err != nil {
		t.Fatal(err)
	}
	is(false, "while that of another process is behind,", erased, names...)
	if _, err := db.Exec(t.Context(), `DELETE FROM checkpoints WHERE projection LIKE 'of %'`); err != nil {
		t.Fatal(err)
	}
	p := &projections.Projector{Name: "suggestions", Projection: projections.Suggestions{}, DB: db}
	reading := func(when string) projections.Journal {
		return func(ctx context.Context, after domain.Position) iter.Seq2[domain.Recorded, error] {
			is(false, when, erased, names...)
			return from(h.journal)(ctx, after)
		}
	}
	if err := p.Rebuild(t.Context(), reading("while it is rebuilt"), nil); err != nil {
		t.Fatal(err)
	}
	compared(t, p, reading("while it is compared"))
	is(true, "afterwards", erased, names...)
}

// Why events were passed over is forgotten where somebody was erased: it may tell what
// they held.
func TestErasureHushes(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	h := build(t, "hushed-")
	ada := contact.Key{Space: h.room.ID, ID: "ada"}
	h.record(t, erasure.Key{Space: ada.Space, Contact: ada.ID}.Stream(), erasure.Erased{Members: []contact.ID{ada.ID}})
	park := func(at domain.Position, projection string, s domain.Stream) {
		t.Helper()
		if err := projections.Park(t.Context(), db, projection, at, s, "contact.created", errors.New("Ada Lovelace is no number")); err != nil {
			t.Fatal(err)
		}
	}
	park(1, "mailboxes", ada.Stream())
	park(2, "mailboxes", conversation.Stream(ada))
	park(3, "mailboxes", contact.Key{Space: "another", ID: "ada"}.Stream())
	park(4, "others", ada.Stream())
	follow(t.Context(), t, &projections.Projector{Name: "mailboxes", Projection: projections.Mailboxes{}, DB: db}, h.journal, 0)
	var left []domain.Position
	if err := db.QueryRow(t.Context(), `SELECT array_agg(position ORDER BY position) FROM parked_events WHERE reason LIKE '%Ada%'`).Scan(&left); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]domain.Position{3, 4}, left); diff != "" {
		t.Errorf("others are left (-want +got):\n%s", diff)
	}
}
