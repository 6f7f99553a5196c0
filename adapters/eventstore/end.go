package eventstore

import (
	"context"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// End is the position of the last event of the journal, be it the store's own; 0 when
// there is none.
func (j *Journal) End(ctx context.Context) (at domain.Position, err error) {
	last := func(ctx context.Context, client *esdb.Client) (*esdb.ReadStream, error) {
		return client.ReadAll(ctx, esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.End{}}, 1)
	}
	err = j.conn.call(ctx, func(ctx context.Context, client *esdb.Client) error {
		return receive(ctx, client, last, func(e *esdb.RecordedEvent) bool {
			at = domain.Position(e.Position.Commit)
			return false
		})
	})
	if err != nil {
		return 0, fmt.Errorf("end of the journal: %w", err)
	}
	return at, nil
}

// Ping returns nil when the journal answers before ctx is over.
func (j *Journal) Ping(ctx context.Context) error {
	_, err := j.End(ctx)
	return err
}
