package eventstore

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// seek calls each with the events of the streams with the prefixes that lie after a
// position and not behind another, as they read now, until it returns false. A search that
// is interrupted goes on where it was.
func (c *Connection) seek(ctx context.Context, after, until domain.Position, prefixes []string, each func(*esdb.RecordedEvent) bool) error {
	w, l := c.weave(after, prefixes...), lot{}
	more, failed := true, error(nil)
	take := func(to domain.Position) bool {
		l.to = to
		more, failed = w.take(ctx, l, each)
		l.events = l.events[:0]
		return more && failed == nil
	}
	for at := after; at < until && more; {
		from := at
		var err error
		at, err = c.search(ctx, at, until, prefixes, func(e *esdb.RecordedEvent) bool {
			if system(e) {
				return true
			}
			l.events = append(l.events, e)
			return len(l.events) < chunk || take(domain.Position(e.Position.Commit))
		})
		if failed == nil && more && at > from {
			take(min(at, until))
		}
		switch {
		case failed != nil:
			return failed
		case err != nil && more && (at == from || ctx.Err() != nil):
			return err
		}
	}
	return nil
}
