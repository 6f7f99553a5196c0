package eventstore

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// until calls each with everything up to a position, or what lies in streams with the
// given prefixes, oldest first and without what the store tells about itself, until it
// returns an error.
func (c *Connection) until(ctx context.Context, until domain.Position, prefixes []string, each func(*esdb.RecordedEvent) error) (err error) {
	var failed error
	one := func(e *esdb.RecordedEvent) bool {
		if !system(e) {
			failed = each(e)
		}
		return failed == nil && ctx.Err() == nil
	}
	at := domain.Position(0)
	if len(prefixes) == 0 {
		err = c.read(ctx, func() opening { return allFrom(at) }, func(e *esdb.RecordedEvent) bool {
			here := domain.Position(e.Position.Commit)
			if here <= at { // a reading begins with the event at its position
				return true
			}
			at = here
			return at <= until && one(e)
		})
	}
	for len(prefixes) > 0 && at < until && failed == nil && ctx.Err() == nil {
		from := at
		at, err = c.search(ctx, at, until, prefixes, one)
		if err != nil && at == from {
			break
		}
	}
	if failed == nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if failed != nil {
		return failed
	}
	return err
}
