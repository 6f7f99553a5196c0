package eventstore

import (
	"context"
	"errors"
	"iter"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/commands"
	"skein/domain"
)

var _ commands.News = (*Journal)(nil)

// Follow implements commands.News. The store looks for the events by itself, so that
// only they come over the line, and no faster than they are taken. Whenever the store
// is away it goes on behind what it has yielded.
func (j *Journal) Follow(ctx context.Context, after domain.Position, prefixes ...string) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		decode, enough := decoder{codec: j.codec}, false
		each := func(e *esdb.RecordedEvent) bool {
			r, err := decode.recorded(e)
			if err != nil {
				r.Event = nil
			}
			enough = !yield(r, nil)
			return !enough
		}
		come := func(at domain.Position) bool {
			enough = !yield(domain.Recorded{Moment: domain.Moment{Position: at}}, nil)
			return !enough
		}
		for pause := firstPause; !enough; pause = min(2*pause, longestPause) {
			at, err := j.watch(ctx, after, prefixes, each, come)
			if at > after {
				after, pause = at, firstPause
			}
			if !enough && passing(err) && ctx.Err() == nil {
				err = j.conn.rest(ctx, pause)
			}
			if !enough && err != nil {
				yield(domain.Recorded{}, cause(ctx, err))
				return
			}
		}
	}
}

// watch makes one attempt at following: it calls each with the events of the streams
// with the prefixes after a position, and come with how far it has looked, until one of
// them returns false. It returns the last position it has called them with, and why it
// ended.
func (j *Journal) watch(
	ctx context.Context, after domain.Position, prefixes []string,
	each func(*esdb.RecordedEvent) bool, come func(domain.Position) bool,
) (at domain.Position, err error) {
	end, err := j.End(ctx)
	if err != nil {
		return after, err
	}
	options := esdb.SubscribeToAllOptions{
		From: esdb.Start{}, MaxSearchWindow: searched,
		Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: prefixes},
	}
	if after > 0 {
		options.From = position(after)
	}
	ctx, enough := context.WithCancelCause(ctx)
	defer enough(nil)
	at = after
	done, said := false, false // said: that we have come to the end as it was
	last := end                // of the journal, as far as is known
	looked := func(to domain.Position) {
		if to > last { // a checkpoint can lie behind the last event, where something is yet to come
			if last, err = j.End(ctx); err != nil {
				enough(err)
				return
			}
			to = min(to, last)
		}
		if to < at || to == at && said {
			return
		}
		at, said = to, said || to >= end
		done = !come(at)
	}
	arrived := func(e *esdb.SubscriptionEvent) {
		if done {
			return // they were on their way
		}
		switch {
		case e.CaughtUp != nil:
			looked(max(at, end))
		case e.CheckPointReached != nil:
			looked(domain.Position(e.CheckPointReached.Commit))
		case e.EventAppeared != nil:
			found := e.EventAppeared.OriginalEvent()
			if found == nil || system(found) || domain.Position(found.Position.Commit) <= at {
				return
			}
			at = domain.Position(found.Position.Commit)
			done = !each(found)
		}
		if done {
			enough(errEnough)
		}
	}
	l := listening{weaving: j.conn.weave(after, prefixes...), end: end, arrived: arrived}
	err = l.listen(ctx, func(ctx context.Context, client *esdb.Client) (*esdb.Subscription, error) {
		return client.SubscribeToAll(ctx, options)
	})
	return at, err
}

// errEnough ends a subscription that nobody wants any more.
var errEnough = errors.New("nobody follows any more")
