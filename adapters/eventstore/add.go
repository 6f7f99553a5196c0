package eventstore

import (
	"context"
	"slices"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
)

// Add appends events, all or none, at the end of a stream wherever that is, with ids of
// their own where they have none. It gives the store as long as Append does. A store
// that restarts after it has recorded them, and before it has said so, may record them
// again.
func (c *Connection) Add(ctx context.Context, stream string, events ...esdb.EventData) error {
	batch := slices.Clone(events)
	for i := range batch {
		if batch[i].EventID != uuid.Nil {
			continue
		}
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		batch[i].EventID = id
	}
	a := appending{stream: stream, expected: esdb.Any{}, batch: batch}
	return a.carryOut(ctx, c)
}
