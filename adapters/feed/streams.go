package feed

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// Streams are what messages are published to: a topic is a stream of the journal, in
// which each message is an event.
type Streams interface {
	// Add records events, all or none, at the end of a stream. Once it has returned
	// nil they are safe.
	Add(ctx context.Context, stream string, events ...esdb.EventData) error

	// Listen calls arrived, one call after the other, with each event of a stream
	// from a revision on. The stream need not be there yet. It returns when ctx is
	// over or the subscription is lost, and says why.
	Listen(ctx context.Context, stream string, from uint64, arrived func(*esdb.RecordedEvent)) error
}

// note is what the metadata of an event say of the message that it is.
type note struct {
	ID       string            `json:"id"`
	Metadata map[string]string `json:"metadata,omitempty"`
}
