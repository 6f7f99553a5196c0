package projections_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/likeness"
	"skein/domain/pair"
	"skein/domain/space"
	"skein/projections"
)

// Suggestions are what comparing everybody says, whatever happened, and they are the
// same however the journal was cut into pages and when they are rebuilt (D1-20, D2-13).
func TestSuggestionsAreToldFromHowThingsStand(t *testing.T) {
	t.Parallel()
	live, again := postgrestest.Open(t), postgrestest.Open(t)
	runs, told := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		ctx := context.Background()
		name := fmt.Sprintf("s%d-", runs)
		h := build(t, name)
		var people []contact.ID
		office := rapid.IntRange(0, 2).Draw(t, "office") == 0
		if office { // about a crowd
			for range likeness.Crowd + rapid.IntRange(-2, 3).Draw(t, "more") {
				people = append(people, h.arrive(t, len(people), map[contact.Slot]string{"phone": "+4930123456"}))
			}
		}
		follower := &projections.Projector{Name: name, Projection: projections.Suggestions{}, DB: live}
		cut := domain.Position(0)
		for range rapid.IntRange(5, 60).Draw(t, "steps") {
			h.resemble(t, &people, office)
			if rapid.IntRange(0, 3).Draw(t, "cut") == 0 {
				cut = follow(ctx, t, follower, h.journal, cut)
			}
		}
		follow(ctx, t, follower, h.journal, cut)
		follow(ctx, t, &projections.Projector{Name: name, Projection: projections.Suggestions{}, DB: again}, h.journal, 0)

		rows := dumpOf(ctx, t, live, projections.Suggestions{}, h.room.ID)
		if diff := cmp.Diff(rows, dumpOf(ctx, t, again, projections.Suggestions{}, h.room.ID)); diff != "" {
			t.Fatalf("rebuilt otherwise (-live +rebuilt):\n%s", diff)
		}
		want := everyPair(h.room.ID, h.journal.All(0))
		told += len(want)
		if diff := cmp.Diff(want, listedSuggestions(ctx, t, live, h.room.ID), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("suggested otherwise (-compared +suggested):\n%s", diff)
		}
	})
	if told < runs {
		t.Errorf("in %d runs there were %d suggestions: too few to say anything", runs, told)
	}
}

// Who was judged distinct is not suggested again, nor is whoever is one with them by
// then, until somebody thinks better of it; and who was taken apart is judged by that,
// unless it was left open (D1-20, D2-13).
func TestDistinctIsNotSuggested(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := postgrestest.Open(t)
	h := build(t, "distinct-")
	in := h.room.ID
	follower := &projections.Projector{Name: "suggestions", Projection: projections.Suggestions{}, DB: db}
	reached := domain.Position(0)
	happened := func(s domain.Stream, e domain.Event) {
		length := uint64(0)
		for range h.journal.Read(ctx, s, 0) {
			length++
		}
		if _, err := h.journal.Append(ctx, s, length, by, e); err != nil {
			t.Fatal(err)
		}
		reached = follow(ctx, t, follower, h.journal, reached)
	}
	of := func(id contact.ID) domain.Stream { return contact.Key{Space: in, ID: id}.Stream() }
	shown := func(after string, want ...string) {
		t.Helper()
		var got []string
		list, _, err := projections.ListSuggestions(ctx, db, in, "", 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			got = append(got, string(s.A.ID+s.B.ID))
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", after, diff)
		}
	}
	for _, id := range []contact.ID{"a", "b", "c"} {
		happened(of(id), contact.Created{Says: map[contact.Slot]string{"first_name": "Grace", "last_name": "Hopper"}})
	}
	shown("three of one name", "ab", "ac", "bc")
	happened(pair.KeyOf(in, "b", "a").Stream(), pair.JudgedDistinct{})
	shown("a verdict", "ac", "bc")
	happened(of("b"), contact.Merged{Survivor: "c"})
	shown("b became a part of c")
	happened(of("b"), contact.Unmerged{Survivor: "c", Undecided: true})
	shown("b left c, which says nothing", "ac", "bc")
	happened(pair.KeyOf(in, "a", "b").Stream(), pair.Reconsidered{})
	shown("somebody thought better of it", "ab", "ac", "bc")
	happened(of("b"), contact.Merged{Survivor: "c"})
	happened(of("b"), contact.Unmerged{Survivor: "c"})
	shown("b was taken out of c", "ab", "ac")
	happened(pair.KeyOf(in, "b", "c").Stream(), pair.Reconsidered{})
	shown("thought better of that", "ab", "ac", "bc")
	happened(of("c"), contact.Split{Into: "d"})
	happened(of("d"), contact.Created{Says: map[contact.Slot]string{"first_name": "Grace", "last_name": "Hopper"}})
	shown("c was split in two", "ab", "ac", "ad", "bc", "bd")
	happened(of("a"), contact.Deleted{})
	shown("a is no more", "bc", "bd")
}

// listedSuggestions are all suggestions of a space, page by page, and those of each contact.
func listedSuggestions(ctx context.Context, t rapidOrTest, db *pgxpool.Pool, in space.ID) (all []string) {
	t.Helper()
	last, cursor := 1e9, ""
	each := map[contact.ID]int{}
	for {
		list, next, err := projections.ListSuggestions(ctx, db, in, cursor, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			if s.Score > last {
				t.Errorf("%v comes after %v", s.Score, last)
			}
			last = s.Score
			each[s.A.ID]++
			each[s.B.ID]++
			all = append(all, fmt.Sprint(s.A.ID, s.A.Name, s.B.ID, s.B.Name, int(10*s.Score+.5), s.Grade, s.Why))
		}
		if cursor = next; next == "" {
			break
		}
	}
	for id, want := range each {
		got := 0
		for cursor := ""; ; {
			list, next, err := projections.SuggestionsOf(ctx, db, in, id, cursor, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range list {
				if got++; s.A.ID != id {
					t.Errorf("a suggestion of %s begins with %s", id, s.A.ID)
				}
			}
			if cursor = next; next == "" {
				break
			}
		}
		if got != want {
			t.Errorf("%s has %d suggestions of its own and %d in the list", id, got, want)
		}
	}
	slices.Sort(all)
	return all
}

// dumpOf is all rows of a projection's tables in a space.
func dumpOf(ctx context.Context, t rapidOrTest, db *pgxpool.Pool, of projections.Projection, in space.ID) (all []string) {
	t.Helper()
	for _, table := range of.Tables() {
		rows, err := db.Query(ctx, `SELECT to_jsonb(t)::text FROM `+table+` t WHERE space = $1 ORDER BY 1`, in)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var row string
			if err := rows.Scan(&row); err != nil {
				t.Fatal(err)
			}
			all = append(all, table+" "+row)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}
