package eventstore

import (
	"context"
	"iter"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// searched is after how many events that are of no concern the store says how far
// it has looked.
const searched = 1000

// Begun implements commands.Ground. The store looks for the streams by itself, so
// that only they come over the line.
func (j *Journal) Begun(ctx context.Context, after domain.Position, prefixes ...string) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		end, err := j.End(ctx)
		if err != nil {
			yield(domain.Recorded{}, err)
			return
		}
		decode, enough := decoder{codec: j.codec}, false
		err = j.conn.seek(ctx, after, end, prefixes, func(e *esdb.RecordedEvent) bool {
			if e.EventNumber == 0 {
				r, _ := decode.recorded(e) // what cannot be read is to be found all the same
				enough = !yield(r, nil)
			}
			return !enough
		})
		if err != nil && !enough {
			yield(domain.Recorded{}, err)
		}
	}
}

// search calls each with the events of the streams with the prefixes that lie after
// a position and not behind the end, until it returns false. It returns how far it
// has looked, and why it did not come to the end.
func (c *Connection) search(
	ctx context.Context, after, end domain.Position, prefixes []string, each func(*esdb.RecordedEvent) bool,
) (domain.Position, error) {
	options := esdb.SubscribeToAllOptions{
		From: esdb.Start{}, MaxSearchWindow: searched,
		Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: prefixes},
	}
	if after > 0 {
		options.From = position(after)
	}
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	at, done := after, false
	arrived := func(e *esdb.SubscriptionEvent) {
		if done {
			return // they were on their way
		}
		switch {
		case e.CaughtUp != nil:
			at = max(at, end)
		case e.CheckPointReached != nil:
			at = max(at, domain.Position(e.CheckPointReached.Commit))
		case e.EventAppeared != nil:
			found := e.EventAppeared.OriginalEvent()
			if found == nil || domain.Position(found.Position.Commit) <= at {
				return
			}
			at = domain.Position(found.Position.Commit)
			done = at > end || !each(found)
		}
		if done = done || at >= end; done {
			enough()
		}
	}
	err := c.follow(ctx, arrived, func(ctx context.Context, client *esdb.Client) (*esdb.Subscription, error) {
		return client.SubscribeToAll(ctx, options)
	})
	if done {
		err = nil
	}
	return at, err
}
