package memory

import (
	"context"
	"iter"
	"slices"
	"strings"

	"skein/domain"
)

// Begun implements commands.Ground.
func (j *Journal) Begun(ctx context.Context, after domain.Position, prefixes ...string) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(domain.Recorded{}, err)
			return
		}
		for _, r := range j.All(after) {
			begun := r.Revision == 0 && slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(string(r.Stream), p) })
			if begun && !yield(r, nil) {
				return
			}
		}
	}
}

// Tombstone implements commands.Ground. What was recorded stays in All.
func (j *Journal) Tombstone(ctx context.Context, s domain.Stream) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.ended == nil {
		j.ended = map[domain.Stream]bool{}
	}
	j.ended[s] = true
	return nil
}
