package eventstore

import (
	"context"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// Tombstone deletes a stream for ever, whatever it holds, and bars its name. It is
// not there for readers any more; its events leave the files with the next scavenge.
// A stream that is tombstoned already stays so.
func (j *Journal) Tombstone(ctx context.Context, s domain.Stream) error {
	err := j.conn.call(ctx, func(ctx context.Context, client *esdb.Client) (err error) {
		defer guard(&err)
		_, err = client.TombstoneStream(ctx, string(s), esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}})
		return err
	})
	if err != nil && !is(err, esdb.ErrorCodeStreamDeleted) {
		return fmt.Errorf("tombstone %s: %w", s, err)
	}
	return nil
}
