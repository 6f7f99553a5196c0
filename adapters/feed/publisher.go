package feed

import (
	"encoding/json"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/ThreeDotsLabs/watermill/message"
)

// Publisher is a message.Publisher for those who have something to tell each other
// beside the journal's own events. Its field is set before the first use.
type Publisher struct {
	Streams Streams
}

var _ message.Publisher = (*Publisher)(nil)

// Kind is the kind of the event that a message is.
const Kind = "message"

// Publish implements message.Publisher. It returns nil once the messages are safe. All
// are recorded in one go, or none, in the time that the first of them has; so together
// they may be no larger than one append to the journal. After an error they may have
// been recorded nevertheless, and when the journal goes away meanwhile, twice.
func (p *Publisher) Publish(topic string, messages ...*message.Message) error {
	if len(messages) == 0 {
		return nil
	}
	events := make([]esdb.EventData, len(messages))
	for i, m := range messages {
		meta, err := json.Marshal(note{m.UUID, m.Metadata})
		if err != nil {
			return fmt.Errorf("metadata of message %s: %w", m.UUID, err)
		}
		events[i] = esdb.EventData{EventType: Kind, ContentType: esdb.ContentTypeBinary, Data: m.Payload, Metadata: meta}
	}
	return p.Streams.Add(messages[0].Context(), topic, events...)
}

// Close implements message.Publisher. There is nothing to be flushed.
func (p *Publisher) Close() error { return nil }
