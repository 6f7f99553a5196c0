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
// is lost, and says why; to go on, subscribe again after the last event. It reads no
// faster than arrived returns.
func (c *Connection) Subscribe(ctx context.Context, after domain.Position, arrived func(*esdb.SubscriptionEvent)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(c.ctx, func() { cancel(ErrClosed) })()

	l, err := c.take(ctx)
	if err != nil {
		return cause(ctx, err)
	}
	defer c.leave(l)
	hangs := time.AfterFunc(attempt, func() { cancel(errAway) })
	events, err := subscribe(ctx, l.client, after)
	hangs.Stop()
	if err == nil {
		defer events.Close()
		err = forward(events, arrived)
	}
	if err = cause(ctx, err); ctx.Err() == nil || errors.Is(err, errAway) {
		c.drop(l)
	}
	return err
}

func subscribe(ctx context.Context, client *esdb.Client, after domain.Position) (_ *esdb.Subscription, err error) {
	defer guard(&err)
	options := esdb.SubscribeToAllOptions{From: esdb.Start{}}
	if after > 0 {
		options.From = position(after)
	}
	return client.SubscribeToAll(ctx, options)
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
