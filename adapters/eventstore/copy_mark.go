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
