package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"skein/commands"
	"skein/domain"
	"skein/domain/erasure"
	"skein/domain/space"
	"skein/projections"
)

// eraser removes from the files of the journal what those were who were erased: that is
// taken out of their histories already, and leaves the files with a scavenge. What is to be
// done is a read model, so that it is taken up again however often the process ends; the
// journal only brings the news that there is something. Only the process that has the
// journal in its data folder does it. Where the journal is elsewhere it says what is to be
// done there, and nothing is noted: nobody tells us when it is.
type eraser struct {
	*projections.Projector // of the erasures
	all                    map[string]*projections.Projector
	forget                 func()                      // what was read of histories
	scavenge               func(context.Context) error // nil: the journal is elsewhere
	note                   func(context.Context, domain.By, erasure.Key) (domain.Position, error)
	journal                projections.Journal
	log                    *slog.Logger
	news                   chan struct{}
	every                  time.Duration // how often is tried what failed, or has to wait
	removed                prometheus.Counter

	told domain.Position // of the last erasure of which was said that it is to be removed elsewhere
}

// eraserOf makes the eraser of a server.
func (h *house) eraserOf(all map[string]*projections.Projector, do *commands.Handler, metrics *prometheus.Registry) *eraser {
	e := &eraser{
		Projector: all["erasures"], all: all, forget: do.Forget, note: do.NoteRemoved, journal: h.journal.All, log: h.log, news: make(chan struct{}, 1), every: again,
		removed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "skein_erasures_removed_total", Help: "Erasures of contacts of which nothing is left in the files of the journal.",
		}),
	}
	metrics.MustRegister(e.removed)
	if h.node != nil {
		e.scavenge = h.scavenge
	}
	return e
}

// Follow implements feed.Follower.
func (e *eraser) Follow(ctx context.Context, page projections.Page) error {
	some := slices.ContainsFunc(page.Events, func(r domain.Recorded) bool { _, is := r.Event.(erasure.Erased); return is })
	if some {
		e.forget() // another process may have done it
	}
	if err := e.Projector.Follow(ctx, page); err != nil {
		return err
	}
	if some {
		e.hear()
	}
	return nil
}

// hear tells that there may be something to remove.
func (e *eraser) hear() {
	select {
	case e.news <- struct{}{}:
	default:
	}
}

// run removes until ctx is over.
func (e *eraser) run(ctx context.Context) error {
	for {
		mended, err := projections.Mend(ctx, e.DB, e.all, e.journal)
		done := false
		if err == nil {
			done, err = e.removeAlone(ctx)
		}
		done = done && mended
		if err != nil && ctx.Err() == nil {
			e.log.Error("erased contacts could not be removed from the files of the journal, which will be tried again", "error", err)
		}
		var retry <-chan time.Time
		if err != nil || !done {
			retry = time.After(e.every)
		}
		select {
		case <-e.news:
		case <-retry:
		case <-ctx.Done():
			return nil
		}
	}
}

// removeAlone is removeAll, unless another process is at it.
func (e *eraser) removeAlone(ctx context.Context) (done bool, err error) {
	if e.scavenge == nil {
		return true, e.sayElsewhere(ctx)
	}
	mine, err := projections.Alone(ctx, e.DB, "eraser", func() (err error) {
		done, err = e.removeAll(ctx)
		return err
	})
	return done && mine, err
}

// removeAll scavenges once for all erasures that have come to their end, as soon as
// nobody needs what they have taken out, and reports whether that is so.
func (e *eraser) removeAll(ctx context.Context) (done bool, err error) {
	all, err := projections.UnremovedErasures(ctx, e.DB)
	if err != nil || len(all) == 0 {
		return err == nil, err
	}
	began, last := time.Now(), all[len(all)-1].Position
	for _, p := range e.all {
		if err := p.Await(ctx, last); err != nil {
			return false, err
		}
	}
	if passed, err := projections.Passed(ctx, e.DB, last, slices.Collect(maps.Keys(e.all))...); err != nil || !passed {
		return false, err
	}
	if err := e.scavenge(ctx); err != nil {
		return false, err
	}
	var failed []error
	var noted domain.Position
	for _, one := range all {
		at, err := e.note(ctx, domain.By{Actor: "system:eraser"}, one.Key)
		switch {
		case errors.Is(err, space.ErrUnknown): // it was deleted, with all that was noted of it
		case err != nil:
			failed = append(failed, fmt.Errorf("erasure in space %s: %w", one.Space, err))
		default:
			e.removed.Inc()
			noted = max(noted, at)
		}
	}
	e.log.Info("erased contacts were removed from the files of the journal", "erasures", len(all)-len(failed), "took", time.Since(began))
	if err := e.Await(ctx, noted); err != nil { // so that it is not done again
		failed = append(failed, err)
	}
	return len(failed) == 0, errors.Join(failed...)
}

// sayElsewhere says that there is something to remove where the journal is.
func (e *eraser) sayElsewhere(ctx context.Context) error {
	all, err := projections.UnremovedErasures(ctx, e.DB)
	if err != nil || len(all) == 0 || all[len(all)-1].Position <= e.told {
		return err
	}
	e.told = all[len(all)-1].Position
	e.log.Warn("the histories of erased contacts are redacted: scavenge every node of the event store to remove them from its files", "erasures", len(all))
	return nil
}
