package eventnode

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
)

// ErrBusy is the answer to who wants to scavenge while that is under way, or something
// that needs all events to stay.
var ErrBusy = errors.New("try again in a while")

// turn is had by one at a time of those who read or remove everything.
type turn struct {
	free chan struct{} // has one in it while nobody has the turn
	work atomic.Value  // what is under way
}

func newTurn() *turn {
	t := &turn{free: make(chan struct{}, 1)}
	t.work.Store("started")
	t.free <- struct{}{}
	return t
}

// wait takes the turn when it is free.
func (t *turn) wait(ctx context.Context, work string) error {
	select {
	case <-t.free:
		t.work.Store(work)
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", t.taken(), ctx.Err())
	}
}

// take takes the turn if it is free.
func (t *turn) take(work string) error {
	select {
	case <-t.free:
		t.work.Store(work)
		return nil
	default:
		return fmt.Errorf("%w: %w", t.taken(), ErrBusy)
	}
}

func (t *turn) end() { t.free <- struct{}{} }

func (t *turn) taken() error { return fmt.Errorf("the event node is being %s", t.work.Load()) }
