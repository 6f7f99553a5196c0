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
		w := j.conn.weave(after)
		for again := true; again; { // what was redacted and scavenged meanwhile may be the end of it
			from := w.at
			if !j.gather(ctx, w, yield, func(ctx context.Context, arrived chan<- lot) error { return j.conn.ahead(ctx, from, arrived) }) {
				return
			}
			again = len(w.waiting) > 0 && w.at > from
		}
	}
}

// ahead sends everything recorded after a position in lots, while others decode
// what it has sent before.
func (c *Connection) ahead(ctx context.Context, after domain.Position, arrived chan<- lot) error {
	l := loading{ctx: ctx, arrived: arrived}
	err := c.read(ctx, func() opening { return allFrom(after) }, func(e *esdb.RecordedEvent) bool {
		at := domain.Position(e.Position.Commit)
		if at <= after { // a reading begins with the event at its position
			return true
		}
		after = at
		return system(e) || l.add(e)
	})
	if err == nil && (ctx.Err() != nil || !l.send(after)) { // it may have ended because a lot was not taken
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
