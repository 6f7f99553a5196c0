package eventstore

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/codes"

	"skein/commands"
	"skein/domain"
)

// Tombstone deletes a stream for ever, whatever it holds, and bars its name. It is
// not there for readers any more; its events leave the files with the next scavenge, and
// with them what is told of it if it was redacted. A stream that is tombstoned already
// stays so.
func (j *Journal) Tombstone(ctx context.Context, s domain.Stream) error {
	if err := j.conn.tombstone(ctx, string(s), esdb.Any{}); err != nil {
		return err
	}
	return j.conn.bury(ctx, string(s), math.MaxInt)
}

// tombstone deletes a stream for ever that is as expected.
func (c *Connection) tombstone(ctx context.Context, stream string, expected esdb.ExpectedRevision) error {
	err := c.call(ctx, func(ctx context.Context, client *esdb.Client) (err error) {
		defer guard(&err)
		_, err = client.TombstoneStream(ctx, stream, esdb.TombstoneStreamOptions{ExpectedRevision: expected})
		return err
	})
	switch {
	case err == nil || is(err, esdb.ErrorCodeStreamDeleted):
		return nil
	case is(err, esdb.ErrorCodeWrongExpectedVersion) || code(err) == codes.FailedPrecondition:
		return commands.ErrMovedOn
	}
	return fmt.Errorf("tombstone %s: %w", stream, err)
}

// bury deletes what was told of a stream before the n-th time.
func (c *Connection) bury(ctx context.Context, stream string, n int) error {
	for i := range n {
		last, err := c.newest(ctx, keptOf(stream, i))
		switch {
		case errors.Is(err, ErrDeleted):
			continue
		case err != nil || last == nil:
			return err
		}
		if err := c.tombstone(ctx, last.StreamID, esdb.Any{}); err != nil {
			return err
		}
	}
	return nil
}
