package eventstore

import (
	"context"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// Mark is what a journal has in common with its backups but not with a copy that has
// positions of its own: where and when the first event of a stream was recorded. It is
// empty while the stream is.
func (j *Journal) Mark(ctx context.Context, s domain.Stream) (mark string, err error) {
	err = j.conn.read(ctx, func() opening { return streamFrom(string(s), 0, 1) }, func(e *esdb.RecordedEvent) bool {
		mark = fmt.Sprintf("%d@%d", e.CreatedDate.UnixNano(), e.Position.Commit)
		return false
	})
	if err != nil {
		return "", fmt.Errorf("mark of the journal: %w", err)
	}
	return mark, nil
}

// IDAt is the id of the event at a position, which tells the journal from a backup that
// went on otherwise. It is empty when no event is there, or none any more.
func (j *Journal) IDAt(ctx context.Context, at domain.Position) (id string, err error) {
	err = j.conn.read(ctx, func() opening { return allFrom(at) }, func(e *esdb.RecordedEvent) bool {
		if domain.Position(e.Position.Commit) == at {
			id = e.EventID.String()
		}
		return false
	})
	if err != nil {
		return "", fmt.Errorf("event at position %d of the journal: %w", at, err)
	}
	return id, nil
}

// Linked is the position of the first event of a stream, and whether that carries a link
// (see CheckChains).
func (j *Journal) Linked(ctx context.Context, s domain.Stream) (at domain.Position, is bool, err error) {
	first, err := j.conn.event(ctx, string(s), 0)
	if err != nil || first == nil {
		return 0, false, err
	}
	_, _, is = unlinked(first.UserMetadata)
	return domain.Position(first.Position.Commit), is, nil
}
