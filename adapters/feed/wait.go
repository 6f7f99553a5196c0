package feed

import (
	"context"
	"math/rand/v2"
	"time"
)

// waiting is a row of pauses, each longer than the one before and none in step with
// anyone else's.
type waiting struct{ next, longest time.Duration }

// patient is how to wait for something that is away: not so long that it is missed when
// it is back.
func patient() waiting { return waiting{50 * time.Millisecond, time.Second} }

// brisk is how to wait for a follower that wants a page again.
func brisk() waiting { return waiting{time.Millisecond, time.Second} }

// rest waits for a time between half and the whole of the next pause, or until ctx is
// over, and returns its error.
func (w *waiting) rest(ctx context.Context) error {
	timer := time.NewTimer(w.next/2 + rand.N(w.next/2+1))
	defer timer.Stop()
	w.next = min(2*w.next, w.longest)
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
