package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"skein/commands"
	"skein/domain"
	"skein/projections"
)

// stillGround is a journal whose histories are redacted while no read model is behind or
// told anew: one that was told from a part of what is redacted as it was, and from the
// other part as it is, would come to something else than the journal tells.
type stillGround struct {
	commands.Ground
	quiet *projections.Quiet
}

func (h *house) still(over <-chan struct{}, all map[string]*projections.Projector) commands.Ground {
	return stillGround{h.journal, &projections.Quiet{
		All: slices.Collect(maps.Values(all)), End: h.journal.End, Over: over, Patience: 5 * time.Second,
	}}
}

// Redact implements commands.Ground. What has to wait is gone on with later.
func (g stillGround) Redact(ctx context.Context, s domain.Stream, told []domain.Recorded, closed bool) error {
	err := g.quiet.While(ctx, func(ctx context.Context) error { return g.Ground.Redact(ctx, s, told, closed) })
	if errors.Is(err, projections.ErrNotQuiet) {
		return commands.ErrUnderway
	}
	return err
}
