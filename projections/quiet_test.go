package projections_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/process"
	"skein/projections"
	"skein/projections/still"
	"skein/projections/verify"
)

// quietOf is when histories of a house can be redacted, as far as one projection goes.
func quietOf(p *projections.Projector, h *house) *projections.Quiet {
	end := func(context.Context) (domain.Position, error) { return domain.Position(len(h.journal.All(0))), nil }
	return &projections.Quiet{All: []*projections.Projector{p}, End: end}
}

// Whoever is erased while the tables are told anew is redacted only afterwards, and so the
// tables come to what the journal tells then, as if nobody had been told anew (D1-14).
func TestErasedMeanwhile(t *testing.T) {
	t.Parallel()
	db, again := postgrestest.Open(t), postgrestest.Open(t)
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		if runs++; runs > rounds(12, 500) {
			return // each run rebuilds all there is
		}
		ctx := context.Background()
		empty(ctx, t, db)
		h := someTale(t, fmt.Sprintf("q%d-", runs))
		p := &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: db}
		cut := follow(ctx, t, p, h.journal, 0)
		erase := func() error {
			return quietOf(p, h.house).While(ctx, func(context.Context) error {
				for _, id := range h.people {
					if h.family.Own(id).Deleted > 0 {
						h.erase(t, id)
					}
				}
				return nil
			})
		}
		reads := 0
		if err := p.Rebuild(ctx, func(ctx context.Context, after domain.Position) iter.Seq2[domain.Recorded, error] {
			if reads++; reads > 1 {
				return from(h.journal)(ctx, after)
			}
			return func(yield func(domain.Recorded, error) bool) {
				for n, r := range h.journal.All(0) {
					if n == len(h.lived)/2 {
						if err := erase(); !errors.Is(err, projections.ErrNotQuiet) {
							t.Errorf("erased in the midst of it: %v", err)
						}
					}
					if !yield(h.journal.All(r.Position - 1)[0], nil) {
						return
					}
				}
			}
		}, nil); err != nil {
			t.Fatal(err)
		}
		follow(ctx, t, p, h.journal, cut)
		if err := erase(); err != nil {
			t.Fatal(err)
		}
		follow(ctx, t, p, h.journal, cut)
		anew := &projections.Projector{Name: fmt.Sprint("contacts", runs), Projection: projections.Contacts{}, DB: again}
		follow(ctx, t, anew, h.journal, 0)
		if diff := cmp.Diff(rowsOf(ctx, t, again, h.room.ID), rowsOf(ctx, t, db, h.room.ID)); diff != "" {
			t.Errorf("rebuilt meanwhile the tables are others (-anew +rebuilt):\n%s", diff)
		}
	})
}

// Nobody redacts anything while something is compared either, nor before the projections
// have told what was recorded.
func TestQuiet(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := postgrestest.Open(t)
	h := furnished(t, "quiet-")
	p := &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: db}
	quiet := quietOf(p, h)
	nothing := func(context.Context) error { return nil }

	asked, told := make(chan bool), make(chan error, 1)
	late := &projections.Quiet{All: quiet.All, End: func(ctx context.Context) (domain.Position, error) {
		asked <- true
		return quiet.End(ctx)
	}}
	go func() {
		told <- late.While(ctx, func(context.Context) error {
			if end := len(h.journal.All(0)); int(p.Reached()) != end {
				t.Errorf("redacted where the tables are at %d of %d", p.Reached(), end)
			}
			return nil
		})
	}()
	<-asked
	follow(ctx, t, p, h.journal, 0)
	if err := <-told; err != nil {
		t.Error(err)
	}
	noisy := func(ctx context.Context, after domain.Position) iter.Seq2[domain.Recorded, error] {
		if err := quiet.While(ctx, nothing); !errors.Is(err, projections.ErrNotQuiet) {
			t.Errorf("redacted meanwhile: %v", err)
		}
		return from(h.journal)(ctx, after)
	}
	compared(t, &projections.Projector{Name: "mailboxes", Projection: projections.Mailboxes{}, DB: db}, noisy)
	_, err := verify.Verification{
		DB: db, Hash: h.Hash, End: quiet.End, Tell: func(verify.Difference) {},
		Journal: func(ctx context.Context, until domain.Position, wanted func(domain.Stream) bool, prefixes ...string) iter.Seq2[domain.Recorded, error] {
			noisy(ctx, 0)
			return sifted(h.journal)(ctx, until, wanted, prefixes...)
		},
	}.Run(ctx)
	if err != nil {
		t.Error(err)
	}
	if err := quiet.While(ctx, nothing); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// Where somebody has been redacted in part, nothing is told anew until that is whole.
func TestErasureUnderway(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := postgrestest.Open(t)
	h := furnished(t, "underway-")
	processes := &projections.Projector{Name: "processes", Projection: projections.Processes{}, DB: db}
	erasing := process.Key{Space: h.room.ID, ID: "erasing"}.Stream()
	told := func(want error) {
		t.Helper()
		follow(ctx, t, processes, h.journal, processes.Reached())
		_, compared := processes.Compare(ctx, from(h.journal), func(verify.Difference) {}, nil)
		_, verified := verify.Verification{
			DB: db, Journal: sifted(h.journal), Hash: h.Hash, Tell: func(verify.Difference) {}, End: quietOf(processes, h).End,
		}.Run(ctx)
		for what, err := range map[string]error{"compared": compared, "verified": verified} {
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", what, err, want)
			}
		}
	}
	told(nil)
	h.record(t, erasing, process.Started{What: "erase", Asked: json.RawMessage(`{}`)})
	told(still.ErrErasing)
	if err := processes.Rebuild(ctx, from(h.journal), nil); err != nil { // an erasure may wait for it
		t.Error(err)
	}
	var begun domain.Position
	if err := db.QueryRow(ctx, `SELECT begun FROM checkpoints WHERE projection = 'processes'`).Scan(&begun); err != nil || begun == 0 {
		t.Errorf("what was told in part is noted as of %d: %v", begun, err)
	}
	h.record(t, erasing, process.Ended{Outcome: process.Done})
	told(nil)
}
