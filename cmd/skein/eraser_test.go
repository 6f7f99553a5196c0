package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"skein/adapters/memory"
	"skein/adapters/postgres/postgrestest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/erasure"
	"skein/domain/process"
	"skein/projections"
)

// removing is an eraser of what was erased in a journal in memory.
type removing struct {
	*eraser
	t         *testing.T
	journal   *memory.Journal
	said      *said
	scavenged atomic.Int32
	noted     atomic.Int32
	forgotten atomic.Int32
}

func removingOf(t *testing.T, journal *memory.Journal, db *pgxpool.Pool) *removing {
	u := &removing{t: t, journal: journal, said: &said{more: make(chan struct{})}}
	all := map[string]*projections.Projector{
		"erasures":  {Name: "erasures", Projection: projections.Erasures{}, DB: db},
		"processes": {Name: "processes", Projection: projections.Processes{}, DB: db},
	}
	u.eraser = &eraser{
		Projector: all["erasures"], all: all, log: slog.New(slog.NewTextHandler(u.said, nil)), news: make(chan struct{}, 1), every: time.Millisecond,
		removed: prometheus.NewCounter(prometheus.CounterOpts{Name: "removed"}), forget: func() { u.forgotten.Add(1) },
		scavenge: func(context.Context) error { u.scavenged.Add(1); return nil },
		note: func(_ context.Context, _ domain.By, of erasure.Key) (domain.Position, error) {
			u.noted.Add(1)
			u.record(of.Stream(), 1, erasure.Removed{})
			return domain.Position(len(u.journal.All(0))), u.follow("erasures")
		},
	}
	return u
}

func (u *removing) record(s domain.Stream, length uint64, e domain.Event) {
	if _, err := u.journal.Append(u.t.Context(), s, length, by, e); err != nil {
		u.t.Error(err)
	}
}

// erased records that contacts were erased.
func (u *removing) erased(ids ...contact.ID) {
	for _, id := range ids {
		u.record(erasure.Key{Space: "lab", Contact: id}.Stream(), 0, erasure.Erased{Members: []contact.ID{id}, Reason: "Planted."})
	}
}

// follow lets projectors show all of the journal.
func (u *removing) follow(names ...string) error {
	all := u.journal.All(0)
	page := projections.Page{Events: all, End: all[len(all)-1].Position}
	for _, name := range names {
		if name == "erasures" {
			if err := u.eraser.Follow(context.Background(), page); err != nil {
				return err
			}
		} else if err := u.all[name].Follow(context.Background(), page); err != nil {
			return err
		}
	}
	return nil
}

func (u *removing) shown(names ...string) {
	u.t.Helper()
	if err := u.follow(names...); err != nil {
		u.t.Error(err)
	}
}

// runs runs the eraser; what it returns ends it.
func (u *removing) runs() (end func()) {
	ctx, cancel := context.WithCancel(u.t.Context())
	ended := make(chan error)
	go func() { ended <- u.run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			u.t.Error(err)
		}
	}
}

// All that was erased leaves the files with one scavenge, once the process that erased it
// has ended and every read model has passed it; nothing of it is told to anybody.
func TestEraser(t *testing.T) {
	t.Parallel()
	u := removingOf(t, new(memory.Journal), postgrestest.Open(t))
	u.erased("ada", "eve")
	last := process.Key{Space: "lab", ID: "last"}.Stream()
	u.record(last, 0, process.Started{What: "erase"})
	u.erased("kit")
	end := u.runs()
	u.shown("erasures", "processes")
	waitFor(t, func() bool { return u.forgotten.Load() == 1 })
	if u.scavenged.Load() != 0 {
		t.Error("something was scavenged while a process erases")
	}
	u.record(last, 1, process.Ended{Outcome: process.Done})
	u.shown("processes")
	u.hear()
	waitFor(t, func() bool { return u.noted.Load() == 3 })
	end()
	if u.scavenged.Load() != 1 || strings.Count(u.said.String(), "erasures=3") != 1 || strings.Contains(u.said.String(), "Planted") {
		t.Errorf("scavenged %d times, and said\n%s", u.scavenged.Load(), u.said)
	}
}

// What fails is tried again, and nothing is noted before it was done.
func TestEraserTriesAgain(t *testing.T) {
	t.Parallel()
	u := removingOf(t, new(memory.Journal), postgrestest.Open(t))
	u.scavenge = func(context.Context) error {
		if u.noted.Load() > 0 {
			t.Error("it was noted before")
		}
		if u.scavenged.Add(1) < 3 {
			return errors.New("no room")
		}
		return nil
	}
	u.erased("ada")
	u.shown("erasures", "processes")
	end := u.runs()
	waitFor(t, func() bool { return u.noted.Load() == 1 })
	end()
	if got := u.said.String(); strings.Count(got, "no room") != 2 || u.scavenged.Load() != 3 {
		t.Errorf("the log says\n%s", got)
	}
}

// A read model that somebody else keeps and that is behind holds up the scavenge, for it
// may still have to be told what is taken out.
func TestEraserWaitsForOthers(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	u := removingOf(t, new(memory.Journal), db)
	if _, err := db.Exec(t.Context(), `INSERT INTO checkpoints VALUES ('others', 0)`); err != nil {
		t.Fatal(err)
	}
	u.erased("ada")
	u.shown("erasures", "processes")
	if done, err := u.removeAlone(t.Context()); done || err != nil || u.scavenged.Load() != 0 {
		t.Errorf("%t, %v, scavenged %d times", done, err, u.scavenged.Load())
	}
	end := u.runs()
	if _, err := db.Exec(t.Context(), `UPDATE checkpoints SET position = 100 WHERE projection = 'others'`); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return u.noted.Load() == 1 })
	end()
}

// Of several processes one does it.
func TestEraserAlone(t *testing.T) {
	t.Parallel()
	db, journal := postgrestest.Open(t), new(memory.Journal)
	u, other := removingOf(t, journal, db), removingOf(t, journal, db)
	u.erased("ada")
	u.shown("erasures", "processes")
	other.shown("erasures", "processes")
	u.scavenge = func(ctx context.Context) error {
		if done, err := other.removeAlone(ctx); done || err != nil || other.scavenged.Load() != 0 {
			t.Errorf("the other one: %t, %v, scavenged %d times", done, err, other.scavenged.Load())
		}
		return nil
	}
	if done, err := u.removeAlone(t.Context()); !done || err != nil || u.noted.Load() != 1 {
		t.Errorf("%t, %v, noted %d", done, err, u.noted.Load())
	}
}

// Where the journal is elsewhere it is said once what has to be done there, and nothing
// is noted that nobody knows.
func TestEraserElsewhere(t *testing.T) {
	t.Parallel()
	u := removingOf(t, new(memory.Journal), postgrestest.Open(t))
	u.scavenge = nil
	for i, id := range []contact.ID{"ada", "eve"} {
		u.erased(id)
		u.shown("erasures", "processes")
		for range 2 {
			if done, err := u.removeAlone(t.Context()); !done || err != nil {
				t.Errorf("%t, %v", done, err)
			}
		}
		if got := strings.Count(u.said.String(), "scavenge every node"); got != i+1 || u.noted.Load() != 0 {
			t.Errorf("said %d times, and noted %d", got, u.noted.Load())
		}
	}
}
