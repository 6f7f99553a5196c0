package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"skein/adapters/memory"
	"skein/adapters/postgres/postgrestest"
	"skein/commands"
	"skein/domain"
	"skein/domain/process"
	"skein/domain/space"
	"skein/projections"
)

// loose is a finisher of processes on a journal in memory. Each has a number of
// errors before it comes to its end.
type loose struct {
	*finisher
	t       *testing.T
	journal memory.Journal
	said    *said

	mu    sync.Mutex
	fails map[process.ID][]error
	tried map[process.ID]int
}

func finishing(t *testing.T, every time.Duration, fails map[process.ID][]error) *loose {
	u := &loose{t: t, said: &said{more: make(chan struct{})}, fails: fails, tried: map[process.ID]int{}}
	u.finisher = &finisher{
		Projector: &projections.Projector{Name: "processes", Projection: projections.Processes{}, DB: postgrestest.Open(t)},
		log:       slog.New(slog.NewTextHandler(u.said, nil)), news: make(chan struct{}, 1), every: every,
		resumed: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "resumed"}, []string{"what", "outcome"}),
		end:     func(context.Context) (domain.Position, error) { return domain.Position(len(u.journal.All(0))), nil },
		resume:  u.resumeOne,
	}
	for id := range fails {
		u.record(id, 0, process.Started{What: "split", Asked: []byte(`{"name":"Ada"}`)})
	}
	return u
}

func (u *loose) record(id process.ID, length uint64, e process.Event) {
	if _, err := u.journal.Append(u.t.Context(), process.Key{Space: "lab", ID: id}.Stream(), length, by, e); err != nil {
		u.t.Error(err)
	}
}

func (u *loose) follow() {
	all := u.journal.All(0)
	if err := u.Follow(u.t.Context(), projections.Page{Events: all, End: all[len(all)-1].Position}); err != nil {
		u.t.Error(err)
	}
}

func (u *loose) resumeOne(_ context.Context, _ space.ID, id process.ID) (process.Outcome, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.tried[id]++
	if left := u.fails[id]; len(left) > 0 {
		u.fails[id] = left[1:]
		return "", left[0]
	}
	u.record(id, 1, process.Ended{Outcome: process.Done})
	u.follow()
	return process.Done, nil
}

// has reports whether a process was tried so often.
func (u *loose) has(id process.ID, tried int) func() bool {
	return func() bool {
		u.mu.Lock()
		defer u.mu.Unlock()
		return u.tried[id] == tried
	}
}

// What is left over when it begins is gone on with at once, also when the read models
// do not know of it yet.
func TestFinisherBegins(t *testing.T) {
	t.Parallel()
	u := finishing(t, time.Hour, map[process.ID][]error{"left over": nil})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- u.run(ctx) }()
	u.follow()
	waitFor(t, u.has("left over", 1))
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// What could not be brought to its end is tried again until it can, whyever it could
// not, and what begins later is looked at too. It is told what was done and what went
// wrong, and nothing of what was asked.
func TestFinisher(t *testing.T) {
	t.Parallel()
	for why, complaints := range map[error]int{errors.New("no journal"): 2, commands.ErrUnderway: 0} {
		t.Run(why.Error(), func(t *testing.T) {
			t.Parallel()
			u := finishing(t, time.Millisecond, map[process.ID][]error{"one": {why, why}})
			u.follow()
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() { ended <- u.run(ctx) }()
			waitFor(t, u.has("one", 3))
			u.record("late", 0, process.Started{What: "split"})
			u.follow()
			waitFor(t, u.has("late", 1))
			metrics := prometheus.NewRegistry()
			metrics.MustRegister(u.resumed)
			waitFor(t, func() bool {
				told, err := metrics.Gather()
				return err == nil && len(told) > 0 && told[0].Metric[0].Counter.GetValue() == 2
			})
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			log := u.said.String()
			if strings.Count(log, why.Error()) != complaints || strings.Count(log, "was resumed") != 2 || strings.Contains(log, "Ada") {
				t.Errorf("the log says\n%s", log)
			}
		})
	}
}

// However many cannot be brought to their end in one space, those of another one are, and
// nothing is forgotten that was not at its end.
func TestFinisherInTurn(t *testing.T) {
	t.Parallel()
	u := finishing(t, time.Millisecond, nil)
	u.log = slog.New(slog.DiscardHandler)
	if _, err := u.DB.Exec(t.Context(), `
		INSERT INTO processes SELECT 'lab', lpad(n::text, 4, '0'), 'split', now() FROM generate_series(0, 249) n
		UNION ALL SELECT 'yard', 'late', 'split', now()`); err != nil {
		t.Fatal(err)
	}
	tried := map[process.ID]int{}
	u.resume = func(ctx context.Context, in space.ID, id process.ID) (process.Outcome, error) {
		u.mu.Lock()
		defer u.mu.Unlock()
		if tried[id]++; in == "lab" && tried[id] < 3 {
			return "", errors.New("no journal")
		}
		_, err := u.DB.Exec(ctx, `DELETE FROM processes WHERE id = $1`, id)
		return process.Done, err
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- u.run(ctx) }()
	waitFor(t, func() bool {
		spaces, err := projections.UnfinishedSpaces(t.Context(), u.DB)
		return err == nil && len(spaces) == 0
	})
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
