package feed

import (
	"context"
	"encoding/json"
	"log/slog"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/ThreeDotsLabs/watermill/message"
)

// Reader is a message.Subscriber to what a Publisher publishes. Each subscription
// brings all messages of a topic, from the first one ever on: the next one when the one
// before was acknowledged. What was acknowledged is not remembered beyond the
// subscription. Events that are no messages come with their id and no metadata. The
// fields are set before the first use.
type Reader struct {
	Streams Streams
	Log     *slog.Logger

	subscriptions subscriptions
}

var _ message.Subscriber = (*Reader)(nil)

// Subscribe implements message.Subscriber. It does not wait for the journal, which is
// tried until it answers.
func (r *Reader) Subscribe(ctx context.Context, topic string) (<-chan *message.Message, error) {
	return r.subscriptions.begin(ctx, func(ctx context.Context, out outlet) {
		next := uint64(0)
		persist(ctx, r.Log.With("topic", topic), func() (brought bool, err error) {
			from := next
			err = r.Streams.Listen(ctx, topic, from, func(e *esdb.RecordedEvent) {
				if out.deliver(ctx, published(e)) {
					next = e.EventNumber + 1
				}
			})
			return next > from, err
		})
	})
}

// published is the message that an event is.
func published(e *esdb.RecordedEvent) *message.Message {
	var n note
	if e.EventType != Kind || json.Unmarshal(e.UserMetadata, &n) != nil {
		n = note{ID: e.EventID.String()}
	}
	m := message.NewMessage(n.ID, e.Data)
	for key, value := range n.Metadata {
		m.Metadata.Set(key, value)
	}
	return m
}

// Close implements message.Subscriber. It returns when all subscriptions have ended.
func (r *Reader) Close() error {
	r.subscriptions.close()
	return nil
}
