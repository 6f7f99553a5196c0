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

	mu sync.Mutex // one connection is held for it
}

const quietPatience = 30 * time.Second // with projections that are behind

// ErrNotQuiet refuses to redact histories, or to let projections fall behind meanwhile.
var ErrNotQuiet = domain.Refuse(domain.Stale, "not_yet", "The read models are being told anew or compared. What was begun goes on by itself once that has come to its end.")

// While carries out do while it is quiet, or refuses with ErrNotQuiet.
func (q *Quiet) While(ctx context.Context, do func(context.Context) error) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	conn, err := q.All[0].DB.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	end, free, err := still.Redacted(ctx, conn.Conn())
	if err != nil {
		return err
	}
	if !free {
		return ErrNotQuiet
	}
	defer end()
	if err := q.caughtUp(ctx); err != nil {
		return err
	}
	return do(ctx)
}

func (q *Quiet) caughtUp(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, quietPatience)
	defer stop()
	at, err := q.End(ctx)
	for _, p := range q.All {
		if err == nil {
			err = p.Await(ctx, at)
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = ErrNotQuiet
	}
	return err
}
