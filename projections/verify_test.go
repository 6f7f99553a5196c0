package projections_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"skein/adapters/memory"
	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/inbox"
	"skein/domain/space"
	"skein/projections"
	"skein/projections/verify"
)

// sifted is a journal in memory as a verification reads it: what is wanted is asked by
// somebody else than who looks at what comes, as far ahead as that one likes.
func sifted(j *memory.Journal) verify.Journal {
	return func(ctx context.Context, until domain.Position, wanted func(domain.Stream) bool, prefixes ...string) iter.Seq2[domain.Recorded, error] {
		return func(yield func(domain.Recorded, error) bool) {
			type read struct {
				domain.Recorded
				err error
			}
			arrived, enough := make(chan read), make(chan struct{})
			var ahead sync.WaitGroup
			defer ahead.Wait()
			defer close(enough)
			ahead.Go(func() {
				defer close(arrived)
				for r, err := range j.Within(ctx, until, prefixes...) {
					if err == nil && !wanted(r.Stream) {
						continue
					}
					select {
					case arrived <- read{r, err}:
					case <-enough:
						return
					}
				}
			})
			for r := range arrived {
				if !yield(r.Recorded, r.err) {
					return
				}
			}
		}
	}
}

// verified is what a verification tells of a house, in parts of so many contacts.
func (h *house) verified(t rapidOrTest, db *pgxpool.Pool, atOnce int) (all []verify.Difference, done verify.Summary) {
	t.Helper()
	ctx := context.Background()
	done, err := verify.Verification{
		DB: db, Journal: sifted(h.journal), Hash: h.Hash, Space: h.room.ID, AtOnce: atOnce,
		End:  func(context.Context) (domain.Position, error) { return domain.Position(len(h.journal.All(0))), nil },
		Tell: func(d verify.Difference) { all = append(all, d) },
	}.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if done.Differences != len(all) {
		t.Errorf("%d differences were told, and %d counted", len(all), done.Differences)
	}
	return all, done
}

// Whatever happened, and wherever the tables have come to, a verification finds them as
// the journal tells them, in however many parts, also where somebody was erased since; and
// when anything is changed in any table, it finds that (D1-14, D5-6).
func TestVerifyTellsWhatDiffers(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		if runs++; runs > rounds(60, 10_000) {
			return
		}
		ctx := context.Background()
		if _, err := db.Exec(ctx, `TRUNCATE checkpoints, parked_events, deleted_spaces`); err != nil {
			t.Fatal(err)
		}
		h := someTale(t, fmt.Sprintf("v%d-", runs))
		p := &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: db}
		history := h.journal.All(0)
		cut := rapid.IntRange(1, len(history)).Draw(t, "cut")
		if rapid.Bool().Draw(t, "lived") { // before anybody was erased
			history, cut = h.asLived(), len(history)
		}
		for _, page := range [][]domain.Recorded{history[:cut], history[cut:]} {
			if len(page) == 0 {
				continue
			}
			if err := p.Follow(ctx, projections.Page{Events: page, End: page[len(page)-1].Position}); err != nil {
				t.Fatal(err)
			}
			if known(h.journal.All(0)[:page[len(page)-1].Position], h.room.ID) {
				h.isVerified(t, db)
			}
		}
		h.isFound(ctx, t, db)
	})
}

// known reports whether a space has a history.
func known(history []domain.Recorded, in space.ID) bool {
	return slices.ContainsFunc(history, func(r domain.Recorded) bool { return r.Stream == in.Stream() })
}

// isVerified fails t if a verification finds anything, whatever the size of its parts.
func (h *tale) isVerified(t *rapid.T, db *pgxpool.Pool) {
	all, done := h.verified(t, db, rapid.IntRange(1, 8).Draw(t, "at once"))
	for _, d := range all {
		if d.In != "identifiers" { // in a tale nobody claims them
			t.Errorf("%s (%+v)", d, done)
		}
	}
}

// isFound changes something in one of the tables, and fails t unless that is found.
func (h *tale) isFound(ctx context.Context, t *rapid.T, db *pgxpool.Pool) {
	var columns [][2]string
	rows, err := db.Query(ctx, `
		SELECT table_name, column_name FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name = ANY ($1) AND column_name <> 'space' ORDER BY 1, 2`, (projections.Contacts{}).Tables())
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var c [2]string
		if err := rows.Scan(&c[0], &c[1]); err != nil {
			t.Fatal(err)
		}
		columns = append(columns, c)
	}
	chosen := rapid.SampledFrom(columns).Draw(t, "changed")
	table, column := chosen[0], chosen[1]
	tx, err := db.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var ctid, kind string
	_ = tx.QueryRow(ctx, `SELECT data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 AND column_name = $2`, table, column).Scan(&kind)
	if err := tx.QueryRow(ctx, `SELECT ctid::text FROM `+table+` WHERE space = $1 ORDER BY md5(ctid::text) LIMIT 1`, h.room.ID).Scan(&ctid); err != nil {
		_ = tx.Rollback(ctx)
		return // it is empty
	}
	change := map[string]string{
		"text": `coalesce(` + column + `, '') || '!'`, "bigint": `coalesce(` + column + `, 0) + 1`,
		"timestamp with time zone": `coalesce(` + column + `, now()) + interval '1 microsecond'`,
		"date":                     column + ` + interval '1 month'`,
		"json":                     `'{"text":"!"}'`, "jsonb": `CASE jsonb_typeof(` + column + `) WHEN 'array' THEN ` + column + ` || '["!"]' ELSE ` + column + ` || '{"!":"!"}' END`,
	}[kind]
	sql := `UPDATE ` + table + ` SET ` + column + ` = ` + change
	if rapid.IntRange(0, 3).Draw(t, "gone") == 0 {
		sql = `DELETE FROM ` + table
	}
	if _, err := tx.Exec(ctx, sql+` WHERE ctid = $1::text::tid`, ctid); err != nil {
		_ = tx.Rollback(ctx)
		return // the table does not allow it
	}
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	all, _ := h.verified(t, db, 4)
	if !slices.ContainsFunc(all, func(d verify.Difference) bool { return d.In == table }) {
		t.Errorf("after %s (%s) it is told that %v", sql, kind, all)
	}
	for _, d := range all {
		if strings.Contains(d.String(), "example.org") || strings.Contains(d.String(), "+4930") {
			t.Errorf("a value is printed: %s", d)
		}
	}
}

// What names a contact is claimed for whom it leads to, whatever is asked, also while
// contacts are merged and taken out again; and it is found when it is not.
func TestVerifyIdentifiers(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		if runs++; runs > rounds(60, 10_000) {
			return
		}
		ctx := context.Background()
		if _, err := db.Exec(ctx, `TRUNCATE checkpoints`); err != nil {
			t.Fatal(err)
		}
		h := build(t, fmt.Sprintf("i%d-", runs))
		var people []contact.ID
		if _, _, err := h.SaveInbox(ctx, by, h.room, inbox.Save{Name: "VIP", Filter: vip}); err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(5, 40).Draw(t, "steps") {
			h.live(ctx, t, &people)
		}
		p := &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: db}
		follow(ctx, t, p, h.journal, 0)
		all, done := h.verified(t, db, rapid.IntRange(1, 8).Draw(t, "at once"))
		if len(all) > 0 {
			t.Fatalf("%v of %+v", all, done)
		}
		if done.Identifiers == 0 {
			return
		}
		hash := h.Hash
		h.Hash = func(parts ...string) string { return "another " + hash(parts...) }
		if all, _ := h.verified(t, db, 0); len(all) != done.Identifiers {
			t.Errorf("of %d values that nobody claimed it is told %v", done.Identifiers, all)
		}
	})
}
