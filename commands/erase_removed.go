package commands

import (
	"context"

	"skein/domain"
	"skein/domain/erasure"
)

// NoteRemoved records that what those who were erased were and said is in no file of the
// journal any more.
func (h *Handler) NoteRemoved(ctx context.Context, by domain.By, of erasure.Key) (domain.Position, error) {
	return carryOut(ctx, h, by, of.Stream(), erasure.Evolve, func(e erasure.Erasure) ([]erasure.Event, error) {
		return erasure.Decide(e, erasure.Remove{})
	})
}
