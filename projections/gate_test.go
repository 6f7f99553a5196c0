package projections_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"skein/adapters/memory"
	"skein/adapters/postgres/postgrestest"
	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/organization"
	"skein/domain/space"
	"skein/projections"
)

var _ commands.Gate = (*projections.Gate)(nil)

// gateOf is a gate whose tables are brought up to date when somebody comes to it.
func gateOf(db *pgxpool.Pool, name string, j *memory.Journal) *projections.Gate {
	p := &projections.Projector{Name: name, Projection: projections.Contacts{}, DB: db}
	var mu sync.Mutex
	return &projections.Gate{Contacts: p, End: func(ctx context.Context) (domain.Position, error) {
		mu.Lock()
		defer mu.Unlock()
		events := j.All(p.Reached())
		if len(events) == 0 {
			return p.Reached(), nil
		}
		end := events[len(events)-1].Position
		return end, p.Follow(ctx, projections.Page{Events: events, End: end})
	}}
}

// limit lets the house's space take in so many contacts; fewer than none: any number.
func (h *house) limit(ctx context.Context, t rapidOrTest, most int) {
	t.Helper()
	of := h.room.Space.Organization
	_, err := h.Organization(ctx, by, of, organization.SwitchModule{Module: organization.WhiteLabel, On: true})
	if err == nil {
		var length uint64
		if _, length, err = h.ReadSpace(ctx, of, h.room.ID); err == nil {
			_, _, err = h.EditSpace(ctx, by, h.room, length, space.Edit{Limit: &space.Limit{On: most >= 0, AtMost: max(most, 0)}})
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Of many who come at the last free place at the same moment, by whatever way and
// to whichever process, exactly one gets it (C0-25).
func TestLastPlace(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := postgrestest.Open(t)
	h := build(t, "gate-")
	h.Gate = gateOf(db, "contacts", h.journal)
	other := &commands.Handler{Journal: h.journal, Now: h.Now, NewID: h.NewID, Hash: h.Hash, Gate: gateOf(db, "contacts", h.journal)}
	for round := range 5 {
		h.limit(ctx, t, round+1)
		var came atomic.Int32
		var all sync.WaitGroup
		for i := range 32 {
			do := h.Handler
			if i%2 == 1 {
				do = other
			}
			email := fmt.Sprintf("c%d-%d@example.org", round, i)
			all.Go(func() {
				var err error
				switch i % 3 {
				case 0:
					_, _, err = do.CreateContact(ctx, by, h.room, contact.Create{Fields: map[string]string{"email": email}})
				case 1:
					row := commands.ImportRow{Line: 1, Fields: map[string]string{"email": email}}
					var refused *domain.Refusal
					_, err = do.ImportContacts(ctx, by, h.room, slices.Values([]commands.ImportRow{row}), func(done commands.Imported) { refused = done.Err })
					if refused != nil {
						err = refused
					}
				case 2:
					err = do.Receive(ctx, by, h.room, commands.Mailed{Identity: email, Email: email, At: h.Now()})
				}
				if err == nil {
					came.Add(1)
				} else if !errors.Is(err, space.ErrFull) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if came.Load() != 1 {
			t.Errorf("%d came in where there was one place", came.Load())
		}
	}
}

// Whoever waits no longer is not let in later, and a gate that cannot tell how many
// are inside lets in nobody.
func TestGateThatCannotTell(t *testing.T) {
	t.Parallel()
	broken := errors.New("the journal does not answer")
	asked, answer := make(chan bool, 1), make(chan error)
	gate := &projections.Gate{
		Contacts: &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: postgrestest.Open(t)},
		End: func(context.Context) (domain.Position, error) {
			asked <- true
			return 0, <-answer
		},
	}
	add := func(context.Context) error { t.Error("let in"); return nil }
	first := make(chan error, 1)
	go func() { first <- gate.Admit(t.Context(), "lab", 5, add) }()
	<-asked
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := gate.Admit(ctx, "lab", 5, add); !errors.Is(err, context.Canceled) {
		t.Errorf("who waits no longer: %v", err)
	}
	answer <- broken
	if err := <-first; !errors.Is(err, broken) {
		t.Errorf("who waited: %v", err)
	}
}

// Nobody is let in before the tables show what the journal tells.
func TestGateWaitsForTables(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t, "late-")
	if _, _, err := h.CreateContact(ctx, by, h.room, contact.Create{Fields: map[string]string{"first_name": "Ada"}}); err != nil {
		t.Fatal(err)
	}
	p := &projections.Projector{Name: "contacts", Projection: projections.Contacts{}, DB: postgrestest.Open(t)}
	asked := make(chan bool)
	gate := &projections.Gate{Contacts: p, End: func(context.Context) (domain.Position, error) {
		asked <- true
		return domain.Position(len(h.journal.All(0))), nil
	}}
	answer := make(chan error, 1)
	go func() { answer <- gate.Admit(ctx, h.room.ID, 1, func(context.Context) error { return nil }) }()
	<-asked
	follow(ctx, t, p, h.journal, 0)
	if err := <-answer; !errors.Is(err, space.ErrFull) {
		t.Errorf("got %v", err)
	}
}

// While one process lets somebody in, all others wait.
func TestGateOfTwoProcesses(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := postgrestest.Open(t)
	one, other := gateOf(db, "contacts", &memory.Journal{}), gateOf(db, "contacts", &memory.Journal{})
	second := make(chan error, 1)
	err := one.Admit(ctx, "lab", 1, func(context.Context) error {
		go func() { second <- other.Admit(ctx, "lab", 1, func(context.Context) error { return nil }) }()
		for {
			var waits bool
			err := db.QueryRow(ctx, `
				SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
				AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`).Scan(&waits)
			if waits || err != nil {
				return err
			}
			select {
			case <-second:
				return errors.New("the other process did not wait")
			default:
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-second; err != nil { // nothing was written, so there is room yet
		t.Errorf("afterwards: %v", err)
	}
}
