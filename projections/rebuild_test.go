package projections_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"skein/adapters/memory"
	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/contact"
	"skein/projections"
)

// from yields what is in the journal when it is asked.
func from(j *memory.Journal) projections.Journal {
	return func(_ context.Context, after domain.Position) iter.Seq2[domain.Recorded, error] {
		return func(yield func(domain.Recorded, error) bool) {
			for _, r := range j.All(after) {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// Tables that were rebuilt are identical to those they replace, indexes included,
// and go on from there.
func TestRebuild(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	indexes := indexesOf(t, db)
	for _, name := range (projections.Contacts{}).Seeks() {
		if !slices.ContainsFunc(indexes, func(index string) bool { return strings.Contains(index, " INDEX "+name+" ") }) {
			t.Errorf("there is no index %s to look contacts up by while they are rebuilt", name)
		}
	}
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		if runs++; runs > 12 {
			return // each run rebuilds all there is
		}
		ctx := context.Background()
		h := build(t, fmt.Sprintf("b%d-", runs))
		p := &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: db}
		if _, err := db.Exec(ctx, `TRUNCATE checkpoints, `+strings.Join(p.Tables(), ", ")); err != nil {
			t.Fatal(err)
		}
		var people []contact.ID
		for range rapid.IntRange(10, 40).Draw(t, "steps") {
			h.live(ctx, t, &people)
		}
		cut := follow(ctx, t, p, h.journal, 0)
		before := dump(ctx, t, db, h.room.ID)
		if err := p.Rebuild(ctx, from(h.journal), nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, dump(ctx, t, db, h.room.ID)); diff != "" {
			t.Fatalf("rebuilt otherwise (-live +rebuilt):\n%s", diff)
		}
		for range 5 {
			h.live(ctx, t, &people)
		}
		follow(ctx, t, p, h.journal, cut)
		replayed(ctx, t, db, h, people)
	})
	if diff := cmp.Diff(indexes, indexesOf(t, db)); diff != "" {
		t.Errorf("other indexes (-before +after):\n%s", diff)
	}
}

// A rebuild catches up with what happens meanwhile, and one that was broken off
// leaves nothing in the way of the next.
func TestRebuildMeanwhile(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := postgrestest.Open(t)
	h := build(t, "m-")
	p := &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: db}
	create := func(name string) {
		t.Helper()
		if _, _, err := h.CreateContact(ctx, by, h.room, contact.Create{Fields: map[string]string{"first_name": name}}); err != nil {
			t.Fatal(err)
		}
	}
	create("Ada")
	cut := follow(ctx, t, p, h.journal, 0)

	broken := func(context.Context, domain.Position) iter.Seq2[domain.Recorded, error] {
		return func(yield func(domain.Recorded, error) bool) { yield(domain.Recorded{}, context.DeadlineExceeded) }
	}
	if err := p.Rebuild(ctx, broken, nil); err == nil {
		t.Fatal("a rebuild without a journal went well")
	}
	reads := 0
	if err := p.Rebuild(ctx, func(ctx context.Context, after domain.Position) iter.Seq2[domain.Recorded, error] {
		if reads++; reads <= 2 {
			create(fmt.Sprint("Byron ", reads)) // between two readings
		}
		return from(h.journal)(ctx, after)
	}, nil); err != nil {
		t.Fatal(err)
	}
	create("Eve")
	follow(ctx, t, p, h.journal, cut)
	names := map[string]bool{}
	for c := range pages(ctx, t, db, projections.ContactList{In: h.room.ID, Limit: 10}) {
		names[c.Name] = true
	}
	if diff := cmp.Diff(map[string]bool{"Ada": true, "Byron 1": true, "Byron 2": true, "Eve": true}, names); diff != "" {
		t.Error(diff)
	}
	counted(ctx, t, db, h.room)
}

func indexesOf(t *testing.T, db *pgxpool.Pool) (all []string) {
	t.Helper()
	rows, err := db.Query(t.Context(), `
		SELECT tablename || ' ' || regexp_replace(indexdef, ' ON \S+ ', ' ') FROM pg_indexes
		WHERE schemaname = current_schema() AND indexdef ~ 'contact|interaction' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var row string
		if err := rows.Scan(&row); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	return all
}
