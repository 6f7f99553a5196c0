package eventstore

import (
	"context"
	"time"

	"skein/domain"
)

// Restore implements commands.Annals.
func (j *Journal) Restore(ctx context.Context, s domain.Stream, length uint64, was domain.Metadata, e domain.Event) (domain.Position, error) {
	return record(ctx, j, s, length, was, was.At(time.Now()), e)
}
