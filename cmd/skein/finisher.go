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
	resumed                *prometheus.CounterVec
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
	for ctx.Err() == nil {
		left, err := f.resumeAll(ctx)
		if err != nil && ctx.Err() == nil {
			f.log.Error("cannot tell which processes are unfinished", "error", err)
		}
		if left == 0 && err == nil {
			select {
			case <-f.news:
			case <-ctx.Done():
			}
		}
		select {
		case <-time.After(f.every): // whoever has just begun something is about to end it
		case <-ctx.Done():
		}
	}
	return nil
}

// resumeAll goes on with what is unfinished and nobody is at, and returns how many
// processes are left.
func (f *finisher) resumeAll(ctx context.Context) (int, error) {
	list, err := projections.UnfinishedProcesses(ctx, f.DB)
	if err != nil {
		return 0, err
	}
	var left atomic.Int64
	var all errgroup.Group
	all.SetLimit(sideBySide)
	for _, one := range list {
		all.Go(func() error {
			outcome, err := f.resume(ctx, one.Space, one.ID)
			switch {
			case errors.Is(err, space.ErrUnknown): // it was deleted, with all that was under way in it
			case errors.Is(err, commands.ErrUnderway):
				left.Add(1)
			case err != nil:
				left.Add(1)
				if ctx.Err() == nil {
					f.log.Error("a process could not be brought to its end and will be tried again", "what", one.What, "space", one.Space, "process", one.ID, "error", err)
				}
			case outcome != "":
				f.resumed.WithLabelValues(string(one.What), string(outcome)).Inc()
				f.log.Info("a process was resumed", "what", one.What, "outcome", outcome, "space", one.Space, "process", one.ID)
			}
			return nil
		})
	}
	err = all.Wait()
	return int(left.Load()), err
}
