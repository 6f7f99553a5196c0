package memory

import (
	"context"
	"fmt"
	"slices"

	"skein/commands"
	"skein/domain"
)

// Redact implements commands.Ground. What it held before is gone at once.
func (j *Journal) Redact(ctx context.Context, s domain.Stream, told []domain.Recorded, closed bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.ended[s] || j.closed[s] && !closed {
		return commands.ErrTombstoned
	}
	history := slices.Clone(j.streams[s]) // readers may have it
	n := len(told)
	switch {
	case n == 0 || told[0].Revision != 0 || told[0].Stream != s:
		return fmt.Errorf("redact %s: what is told are not its events from the first one on", s)
	case closed && n < len(history):
		return commands.ErrMovedOn
	case n > len(history) || !closed && n == len(history) || n < j.told[s]:
		return fmt.Errorf("redact %s: %d events of %d are told, and %d were before", s, n, len(history), j.told[s])
	}
	for i, r := range told {
		history[i].Event = r.Event
		j.all[history[i].Position-1] = history[i]
	}
	if j.closed == nil {
		j.closed, j.told = map[domain.Stream]bool{}, map[domain.Stream]int{}
	}
	j.streams[s], j.closed[s], j.told[s] = history, closed, n
	return nil
}
