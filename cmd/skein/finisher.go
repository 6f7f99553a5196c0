package main

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"skein/commands"
	"skein/domain"
	"skein/domain/process"
	"skein/domain/space"
	"skein/projections"
)

// finisher goes on with processes that did not come to their end: with what is left
// over when it begins, and with what nobody was heard of for a minute. What is to be
// done is a read model; the journal only brings the news that there may be something.
type finisher struct {
	*projections.Projector // of the processes
	end                    func(context.Context) (domain.Position, error)
	resume                 func(context.Context, space.ID, process.ID) (process.Outcome, error)
	log                    *slog.Logger
	news                   chan struct{}
	every                  time.Duration // how often is looked, while there is something
	ended                  func()        // hears that a process ended; nil: nobody minds
	resumed                *prometheus.CounterVec

	next map[space.ID]process.ID // behind which the next turn of a space begins
}

// finisherOf makes the finisher of a server.
func (h *house) finisherOf(processes *projections.Projector, do *commands.Handler, metrics *prometheus.Registry) *finisher {
	resumed := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "skein_processes_resumed_total", Help: "Processes that were gone on with after whoever was at them had broken off, and how they ended.",
	}, []string{"what", "outcome"})
	metrics.MustRegister(resumed)
	return &finisher{
		Projector: processes, end: h.journal.End, resume: do.Resume, log: h.log,
		news: make(chan struct{}, 1), every: again, resumed: resumed,
	}
}

// Follow implements feed.Follower.
func (f *finisher) Follow(ctx context.Context, page projections.Page) error {
	if err := f.Projector.Follow(ctx, page); err != nil {
		return err
	}
	for _, e := range page.Events {
		if _, over := e.Event.(process.Ended); over && f.ended != nil {
			f.ended()
		}
		if _, ok := e.Event.(process.Event); ok {
			select {
			case f.news <- struct{}{}:
			default:
			}
		}
	}
	return nil
}

// run goes on with processes until ctx is over.
func (f *finisher) run(ctx context.Context) error {
	if end, err := f.end(ctx); err == nil {
		_ = f.Await(ctx, end) // what was begun before is to be found at once
	}
	left := 0
	for ctx.Err() == nil {
		some, more, err := f.resumeAll(ctx)
		left += some
		if err != nil && ctx.Err() == nil {
			f.log.Error("cannot tell which processes are unfinished", "error", err)
		}
		if more && err == nil {
			continue
		}
		if left == 0 && err == nil {
			select {
			case <-f.news:
			case <-ctx.Done():
			}
		}
		left = 0
		select {
		case <-time.After(f.every): // whoever has just begun something is about to end it
		case <-ctx.Done():
		}
	}
	return nil
}

// resumeAll goes on with what is unfinished and nobody is at, some of each space, and
// returns how many of these processes are left, and whether there are more of them.
func (f *finisher) resumeAll(ctx context.Context) (left int, more bool, err error) {
	spaces, err := projections.UnfinishedSpaces(ctx, f.DB)
	if err != nil {
		return 0, false, err
	}
	var still atomic.Int64
	var all errgroup.Group
	all.SetLimit(sideBySide)
	next := map[space.ID]process.ID{}
	for _, in := range spaces {
		list, full, err := projections.UnfinishedProcesses(ctx, f.DB, in, f.next[in])
		if err != nil {
			_ = all.Wait() // none of which fails
			return 0, false, err
		}
		if full {
			next[in], more = list[len(list)-1].ID, true
		}
		for _, one := range list {
			all.Go(func() error {
				if !f.goOn(ctx, one) {
					still.Add(1)
				}
				return nil
			})
		}
	}
	f.next = next
	err = all.Wait()
	return int(still.Load()), more, err
}

// goOn goes on with a process, and reports whether it is over.
func (f *finisher) goOn(ctx context.Context, one projections.Unfinished) bool {
	outcome, err := f.resume(ctx, one.Space, one.ID)
	switch {
	case errors.Is(err, space.ErrUnknown): // it was deleted, with all that was under way in it
	case errors.Is(err, commands.ErrUnderway):
		return false
	case err != nil:
		if ctx.Err() == nil {
			f.log.Error("a process could not be brought to its end and will be tried again", "what", one.What, "space", one.Space, "process", one.ID, "error", err)
		}
		return false
	case outcome != "":
		f.resumed.WithLabelValues(string(one.What), string(outcome)).Inc()
		f.log.Info("a process was resumed", "what", one.What, "outcome", outcome, "space", one.Space, "process", one.ID)
	}
	return true
}
