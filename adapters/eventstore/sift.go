package eventstore

import (
	"context"
	"iter"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// Sift yields, oldest first, the events up to a position of those streams with one of
// the prefixes that are wanted. The store looks for the prefixes by itself, and what is
// wanted is asked ahead of what is yielded, by somebody else. An event that cannot be
// read comes with its error, and the reading goes on; an error without a stream ends it.
func (j *Journal) Sift(ctx context.Context, until domain.Position, wanted func(domain.Stream) bool, prefixes ...string) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		w := j.conn.weave(0, prefixes...)
		among := w.among
		w.among = func(stream string) bool { return (among == nil || among(stream)) && wanted(domain.Stream(stream)) }
		j.gather(ctx, w, yield, func(ctx context.Context, arrived chan<- lot) error {
			return j.conn.sift(ctx, until, wanted, prefixes, arrived)
		})
	}
}

// sift sends what is wanted in lots, while others decode what it has sent before.
func (c *Connection) sift(
	ctx context.Context, until domain.Position, wanted func(domain.Stream) bool, prefixes []string, arrived chan<- lot,
) error {
	l := loading{ctx: ctx, arrived: arrived}
	err := c.until(ctx, until, prefixes, func(e *esdb.RecordedEvent) error {
		if wanted(domain.Stream(e.StreamID)) && !l.add(e) {
			return ctx.Err()
		}
		return nil
	})
	if err == nil && !l.send(until) {
		err = ctx.Err()
	}
	return err
}
