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
		ctx, cancel := context.WithCancel(ctx)
		arrived, done := make(chan []*esdb.RecordedEvent, 2), make(chan error, 1)
		defer func() { // whoever reads ahead is gone when Sift returns
			cancel()
			for range arrived {
			}
		}()
		go func() {
			defer close(arrived)
			done <- j.conn.sift(ctx, until, wanted, prefixes, arrived)
		}()
		decode := decoder{codec: j.codec}
		for events := range arrived {
			for _, e := range events {
				if !yield(decode.recorded(e)) {
					return
				}
			}
		}
		if err := <-done; err != nil {
			yield(domain.Recorded{}, err)
		}
	}
}

// sift sends what is wanted in chunks, while others decode what it has sent before.
func (c *Connection) sift(
	ctx context.Context, until domain.Position, wanted func(domain.Stream) bool, prefixes []string, arrived chan<- []*esdb.RecordedEvent,
) error {
	var events []*esdb.RecordedEvent
	send := func() error {
		select {
		case arrived <- events:
			events = nil
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	err := c.until(ctx, until, prefixes, func(e *esdb.RecordedEvent) error {
		if !wanted(domain.Stream(e.StreamID)) {
			return nil
		}
		if events == nil {
			events = make([]*esdb.RecordedEvent, 0, chunk)
		}
		if events = append(events, e); len(events) < chunk {
			return nil
		}
		return send()
	})
	if err != nil {
		return err
	}
	return send()
}
