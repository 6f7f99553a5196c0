package eventstore

import (
	"context"
	"iter"
	"math"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// All yields everything recorded after a position, oldest first, without what the
// store tells about itself. It ends at the end of the journal as it is then. An event
// that cannot be read is yielded with its error, and the reading goes on.
func (j *Journal) All(ctx context.Context, after domain.Position) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		arrived, done := make(chan []*esdb.RecordedEvent, 2), make(chan error, 1)
		defer func() { // whoever reads ahead is gone when All returns
			cancel()
			for range arrived {
			}
		}()
		go func() {
			defer close(arrived)
			done <- j.conn.ahead(ctx, after, arrived)
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

// chunk is how many events are handed over at a time by the one who reads ahead.
const chunk = 256

// ahead sends everything recorded after a position in chunks, while others decode
// what it has sent before.
func (c *Connection) ahead(ctx context.Context, after domain.Position, arrived chan<- []*esdb.RecordedEvent) error {
	var events []*esdb.RecordedEvent
	send := func() bool {
		select {
		case arrived <- events:
			events = nil
			return true
		case <-ctx.Done():
			return false
		}
	}
	err := c.read(ctx, func() opening { return allFrom(after) }, func(e *esdb.RecordedEvent) bool {
		at := domain.Position(e.Position.Commit)
		if at <= after { // a reading begins with the event at its position
			return true
		}
		after = at
		if system(e) {
			return true
		}
		if events == nil {
			events = make([]*esdb.RecordedEvent, 0, chunk)
		}
		events = append(events, e)
		return len(events) < chunk || send()
	})
	if err == nil && (ctx.Err() != nil || !send()) { // it may have ended because a chunk was not taken
		err = ctx.Err()
	}
	return err
}

func allFrom(from domain.Position) opening {
	options := esdb.ReadAllOptions{From: esdb.Start{}}
	if from > 0 {
		options.From = position(from)
	}
	return func(ctx context.Context, client *esdb.Client) (*esdb.ReadStream, error) {
		return client.ReadAll(ctx, options, math.MaxUint64)
	}
}

// system reports whether an event is the store's own.
func system(e *esdb.RecordedEvent) bool {
	return strings.HasPrefix(e.StreamID, "$") || strings.HasPrefix(e.EventType, "$")
}

// position is p as the store writes it.
func position(p domain.Position) esdb.Position {
	return esdb.Position{Commit: uint64(p), Prepare: uint64(p)}
}
