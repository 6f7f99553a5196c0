package projections_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/inbox"
	"skein/domain/space"
	"skein/projections"
)

// The tables are a function of the journal: whatever happened, every table has the same
// hash whether it was told in pages of 1, 7 or 512 events, in pages cut anywhere, or
// anew by a rebuild, and whether those who were erased since could still be read or not. A
// projection is told by one at a time and has no partitions, so there is no number of
// those to vary (limits, row 8; D1-14, D2-14).
func TestTablesAreToldByTheJournal(t *testing.T) {
	t.Parallel()
	var pools []*pgxpool.Pool
	for range 5 {
		pools = append(pools, postgrestest.Open(t))
	}
	rebuilt := postgrestest.Open(t)
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		if runs++; runs > rounds(40, 10_000) {
			return
		}
		ctx := context.Background()
		h := someTale(t, fmt.Sprintf("t%d-", runs))
		lived, redacted := h.asLived(), h.journal.All(0)
		var first map[string]string
		for i, told := range []struct {
			size    int // 0: cut anywhere
			history []domain.Recorded
		}{{0, lived}, {1, redacted}, {7, redacted}, {512, redacted}, {0, redacted}} {
			size, history := told.size, told.history
			p := &projections.Projector{Name: fmt.Sprint("contacts", runs), Projection: projections.Contacts{}, DB: pools[i]}
			for from := 0; from < len(history); {
				to := min(len(history), from+size)
				if size == 0 {
					to = rapid.IntRange(from+1, len(history)).Draw(t, "cut")
				}
				if err := p.Follow(ctx, projections.Page{Events: history[from:to], End: domain.Position(to)}); err != nil {
					t.Fatal(err)
				}
				from = to
			}
			hashes := hashes(ctx, t, pools[i], h.room.ID)
			if first == nil {
				first = hashes
			}
			if diff := cmp.Diff(first, hashes); diff != "" {
				t.Errorf("in pages of %d the tables are others: %s%s", size, diff, cmp.Diff(rowsOf(ctx, t, pools[0], h.room.ID), rowsOf(ctx, t, pools[i], h.room.ID)))
			}
		}
		if runs%rounds(10, 100) == 1 { // it rebuilds all there is
			p := &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: rebuilt}
			if err := p.Rebuild(ctx, from(h.journal), nil); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(first, hashes(ctx, t, rebuilt, h.room.ID)); diff != "" {
				t.Errorf("rebuilt the tables are others: %s", diff)
			}
		}
		h.isShown(ctx, t, pools[0])
		counted(ctx, t, pools[0], h.room)
	})
}

// someTale is a tale of some length, with inboxes and a rule in it.
func someTale(t *rapid.T, name string) *tale {
	h := begin(t, name)
	steps := rapid.IntRange(10, 60).Draw(t, "steps")
	for i := range steps {
		if i == steps/2 {
			for name, filter := range map[string]inbox.Filter{"vip": vip, "written": written} {
				if _, _, err := h.SaveInbox(context.Background(), by, h.room, inbox.Save{Name: name, Filter: filter}); err != nil {
					t.Fatal(err)
				}
			}
		}
		h.goOn(t)
	}
	return h
}

// hashes are the hashes of what the contacts' tables have of a space.
func hashes(ctx context.Context, t *rapid.T, db *pgxpool.Pool, in space.ID) map[string]string {
	all := map[string]string{}
	for _, table := range (projections.Contacts{}).Tables() {
		var hash string
		if err := db.QueryRow(ctx, `
			SELECT coalesce(md5(string_agg(t::text, E'\n' ORDER BY t::text COLLATE "C")), '') FROM `+table+` t WHERE space = $1`, in).Scan(&hash); err != nil {
			t.Fatal(err)
		}
		all[table] = hash
	}
	return all
}

func rowsOf(ctx context.Context, t *rapid.T, db *pgxpool.Pool, in space.ID) (all []string) {
	for _, table := range (projections.Contacts{}).Tables() {
		rows, err := db.Query(ctx, `SELECT $2 || ' ' || t::text FROM `+table+` t WHERE space = $1 ORDER BY 1`, in, table)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, lines...)
	}
	return all
}
