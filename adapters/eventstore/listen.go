package eventstore

import (
	"context"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

const (
	// together is how long at most an event waits for others of a backlog to be passed on
	// with it.
	together = 20 * time.Millisecond

	// lately is how long ago the index was looked at when an event is passed on to one
	// who has caught up: what comes to be recorded comes to him sooner than it can be
	// redacted and scavenged.
	lately = 100 * time.Millisecond
)

// listening is a subscription to many streams that goes through a weaving.
type listening struct {
	*weaving
	end     domain.Position // up to which at least it has caught up, once it is told so
	arrived func(*esdb.SubscriptionEvent)

	live   bool
	looked time.Time
}

// listen subscribes with begin and passes on what comes, as it reads now: singly to one who
// has caught up, and a backlog in chunks.
func (l *listening) listen(ctx context.Context, begin func(context.Context, *esdb.Client) (*esdb.Subscription, error)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	come, lost := make(chan *esdb.SubscriptionEvent), make(chan error, 1)
	defer func() {
		cancel(nil)
		for range come {
		}
	}()
	go func() {
		defer close(come)
		lost <- l.conn.follow(ctx, func(e *esdb.SubscriptionEvent) {
			if ctx.Err() != nil {
				return // nothing comes behind what was not taken any more
			}
			select {
			case come <- e:
			case <-ctx.Done():
			}
		}, begin)
	}()
	for batch := []*esdb.SubscriptionEvent(nil); ; {
		if batch = l.collect(batch[:0], come); len(batch) == 0 {
			return <-lost
		}
		if err := l.take(ctx, batch); err != nil {
			return cause(ctx, err)
		}
	}
}

// collect is what comes together; nothing when the subscription is lost.
func (l *listening) collect(batch []*esdb.SubscriptionEvent, come <-chan *esdb.SubscriptionEvent) []*esdb.SubscriptionEvent {
	first, more := <-come
	if !more {
		return batch
	}
	batch = append(batch, first)
	if l.live {
		return batch
	}
	patience := time.NewTimer(together)
	defer patience.Stop()
	for size := weightOf(first); len(batch) < chunk && size < heavy && batch[len(batch)-1].EventAppeared != nil; {
		select {
		case e, more := <-come:
			if !more {
				return batch
			}
			batch, size = append(batch, e), size+weightOf(e)
		case <-patience.C:
			return batch
		}
	}
	return batch
}

func weightOf(e *esdb.SubscriptionEvent) int {
	if e.EventAppeared == nil || e.EventAppeared.OriginalEvent() == nil {
		return 0
	}
	return len(e.EventAppeared.OriginalEvent().Data)
}

// take passes on what came together.
func (l *listening) take(ctx context.Context, batch []*esdb.SubscriptionEvent) error {
	if begun := time.Now(); !l.live || begun.Sub(l.looked) > lately {
		if err := l.look(ctx); err != nil {
			return err
		}
		l.looked = begun
	}
	for _, e := range batch {
		if err := l.one(ctx, e); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (l *listening) one(ctx context.Context, e *esdb.SubscriptionEvent) (err error) {
	each := func(r *esdb.RecordedEvent) bool {
		l.arrived(&esdb.SubscriptionEvent{EventAppeared: &esdb.ResolvedEvent{Event: r}})
		return true
	}
	switch {
	case e.EventAppeared != nil:
		r := e.EventAppeared.OriginalEvent()
		if r == nil {
			return nil
		}
		if _, err := l.upTo(ctx, domain.Position(r.Position.Commit), each); err != nil || l.known.covers(r) {
			return err
		}
		if aside(r.StreamID) {
			l.own(r)
			return nil
		}
	case e.CheckPointReached != nil:
		_, err = l.upTo(ctx, domain.Position(e.CheckPointReached.Commit), each)
	case e.CaughtUp != nil:
		_, err = l.upTo(ctx, l.end, each)
		l.live = true
	case e.FellBehind != nil:
		l.live = false
	}
	if err == nil {
		l.arrived(e)
	}
	return err
}

// own passes on what the journal keeps for itself as if it were the store's: all that
// counts is how far the journal has come.
func (l *listening) own(r *esdb.RecordedEvent) {
	l.arrived(&esdb.SubscriptionEvent{EventAppeared: &esdb.ResolvedEvent{Event: &esdb.RecordedEvent{
		EventID: r.EventID, StreamID: "$" + index, EventType: "$" + index, EventNumber: r.EventNumber, Position: r.Position, CreatedDate: r.CreatedDate,
	}}})
}
