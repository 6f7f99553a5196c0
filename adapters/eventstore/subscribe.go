package eventstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// Subscribe calls arrived, one call after the other, with all that a subscription
// to the whole journal brings: each event after a position, the store's own among
// them, and word of having caught up. It returns when ctx is over or the subscription
// is lost, and says why; to go on, subscribe again after the last event. It reads little
// faster than arrived returns. What was redacted comes as it reads now, at its place.
func (c *Connection) Subscribe(ctx context.Context, after domain.Position, arrived func(*esdb.SubscriptionEvent)) error {
	options := esdb.SubscribeToAllOptions{From: esdb.Start{}}
	if after > 0 {
		options.From = position(after)
	}
	l := listening{weaving: c.weave(after), arrived: arrived}
	return l.listen(ctx, func(ctx context.Context, client *esdb.Client) (*esdb.Subscription, error) {
		return client.SubscribeToAll(ctx, options)
	})
}

// Listen is Subscribe for the events of one stream from a revision on. The stream need
// not be there yet; Listen returns ErrDeleted when it never will be again.
func (c *Connection) Listen(ctx context.Context, stream string, from uint64, arrived func(*esdb.RecordedEvent)) error {
	options := esdb.SubscribeToStreamOptions{From: esdb.Start{}}
	if from > 0 {
		options.From = esdb.Revision(from - 1)
	}
	each := func(e *esdb.SubscriptionEvent) {
		if e.EventAppeared == nil {
			return
		}
		if e := e.EventAppeared.OriginalEvent(); e != nil {
			arrived(e)
		}
	}
	return c.follow(ctx, each, func(ctx context.Context, client *esdb.Client) (*esdb.Subscription, error) {
		return client.SubscribeToStream(ctx, stream, options)
	})
}

// follow subscribes with begin and passes on what comes.
func (c *Connection) follow(
	ctx context.Context, arrived func(*esdb.SubscriptionEvent),
	begin func(context.Context, *esdb.Client) (*esdb.Subscription, error),
) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(c.ctx, func() { cancel(ErrClosed) })()

	l, err := c.take(ctx)
	if err != nil {
		return cause(ctx, err)
	}
	defer c.leave(l)
	hangs := time.AfterFunc(attempt, func() { cancel(errAway) })
	events, err := subscribe(ctx, l.client, begin)
	hangs.Stop()
	if err == nil {
		defer events.Close()
		err = forward(events, arrived)
	}
	switch err = cause(ctx, err); {
	case is(err, esdb.ErrorCodeStreamDeleted):
		return ErrDeleted
	case ctx.Err() == nil || errors.Is(err, errAway):
		c.drop(l)
	}
	return err
}

func subscribe(
	ctx context.Context, client *esdb.Client,
	begin func(context.Context, *esdb.Client) (*esdb.Subscription, error),
) (_ *esdb.Subscription, err error) {
	defer guard(&err)
	return begin(ctx, client)
}

// forward passes on what a subscription brings until it is dropped, and says why.
func forward(events *esdb.Subscription, arrived func(*esdb.SubscriptionEvent)) error {
	for {
		e, err := heard(events)
		if err != nil {
			return err
		}
		if e.SubscriptionDropped != nil {
			return fmt.Errorf("the subscription was dropped: %w", e.SubscriptionDropped.Error)
		}
		arrived(e)
	}
}

func heard(events *esdb.Subscription) (_ *esdb.SubscriptionEvent, err error) {
	defer guard(&err)
	return events.Recv(), nil
}

// cause is why ctx is over, if it is, and err otherwise.
func cause(ctx context.Context, err error) error {
	if over := context.Cause(ctx); over != nil {
		return over
	}
	return err
}
