package eventstore

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

const (
	patience = 10 * time.Second // with a store that is away, when the caller does not say
	attempt  = 5 * time.Second  // for the answer to one attempt
	doubt    = time.Second      // for any answer on a line, when a call ends without one

	firstPause   = 10 * time.Millisecond
	longestPause = time.Second
)

// call carries out one call of the client, and repeats it until it is answered, fails
// for good, or ctx or our patience is over. The call must be one that may be repeated
// though it took effect.
func (c *Connection) call(ctx context.Context, do func(context.Context, *esdb.Client) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	until, bounded := ctx.Deadline()
	if !bounded {
		until = time.Now().Add(patience)
	}
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := c.once(ctx, until, do)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		}
		if c.ctx.Err() != nil {
			return ErrClosed
		}
		if !passing(err) {
			return err
		}
		if !time.Now().Add(pause).Before(until) {
			return fmt.Errorf("%w: %w", context.DeadlineExceeded, err)
		}
		if err := c.rest(ctx, pause); err != nil {
			return err
		}
	}
}

// once makes one attempt at a call, and drops the line when that is to blame for
// its failure: when the caller had time left, or nobody was answered for too long.
func (c *Connection) once(ctx context.Context, until time.Time, do func(context.Context, *esdb.Client) error) error {
	soon := time.Now().Add(attempt)
	hurried := until.Before(soon)
	if hurried {
		soon = until
	}
	trying, cancel := context.WithDeadline(ctx, soon)
	defer cancel()
	defer context.AfterFunc(c.ctx, cancel)()

	l, err := c.take(trying)
	if err != nil {
		return err
	}
	defer c.leave(l)
	began := time.Now()
	err = do(trying, l.client)
	switch {
	case !severed(err):
		l.heard.Store(time.Now().UnixNano())
	case ctx.Err() == nil && !(hurried && trying.Err() != nil):
		c.drop(l)
	case time.Since(began) >= doubt && l.heard.Load() < began.UnixNano():
		c.drop(l)
	}
	return err
}

// rest waits for a time between half and the whole of pause, lest all who lost the
// store together come back together.
func (c *Connection) rest(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause/2 + rand.N(pause/2+1))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-c.ctx.Done():
		return ErrClosed
	}
}
