package projections

import (
	"context"
	"errors"
	"sync"
	"time"

	"skein/domain"
	"skein/projections/still"
)

// Quiet is when histories can be redacted: all projections have told what was recorded,
// and none is told anew from the beginning, nor compared. One that read only a part of
// what is redacted as it was would come to something else than the journal tells.
type Quiet struct {
	All []*Projector
	End func(context.Context) (domain.Position, error) // of the journal

	Over <-chan struct{} // closed when projections follow no longer; nil: never

	Patience time.Duration // with whoever tells a projection anew or compares it, or redacts elsewhere

	mu sync.Mutex // one connection is held for it
}

const quietPatience = 30 * time.Second // with projections that are behind

// ErrNotQuiet refuses to redact histories, or to let projections fall behind meanwhile.
var ErrNotQuiet = domain.Refuse(domain.Stale, "not_yet", "The read models are being told anew or compared. What was begun goes on by itself once that has come to its end.")

// While carries out do while it is quiet, or refuses with ErrNotQuiet.
func (q *Quiet) While(ctx context.Context, do func(context.Context) error) error {
	if err := q.poll(ctx, quietPatience, func() (bool, error) { return q.mu.TryLock(), nil }); err != nil {
		return err
	}
	defer q.mu.Unlock()
	conn, err := q.All[0].DB.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	var end func()
	err = q.poll(ctx, q.Patience, func() (free bool, err error) {
		end, free, err = still.Redacted(ctx, conn.Conn())
		return free, err
	})
	if err != nil {
		return err
	}
	defer end()
	if err := q.caughtUp(ctx); err != nil {
		return err
	}
	return do(ctx)
}

// poll tries to get something until it has it, or refuses with ErrNotQuiet when it has
// waited for long enough.
func (q *Quiet) poll(ctx context.Context, patience time.Duration, try func() (bool, error)) error {
	for begun := time.Now(); ; {
		if done, err := try(); done || err != nil {
			return err
		}
		if time.Since(begun) >= patience {
			return ErrNotQuiet
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-q.Over:
			return ErrNotQuiet
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (q *Quiet) caughtUp(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, quietPatience)
	defer stop()
	go func() {
		select {
		case <-q.Over:
			stop()
		case <-ctx.Done():
		}
	}()
	at, err := q.End(ctx)
	for _, p := range q.All {
		if err == nil {
			err = p.Await(ctx, at)
		}
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		err = ErrNotQuiet
	}
	return err
}
