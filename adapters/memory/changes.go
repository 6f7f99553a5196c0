package memory

import (
	"context"
	"iter"
	"slices"
	"strings"

	"skein/commands"
	"skein/domain"
)

var _ commands.News = (*Journal)(nil)

// Follow implements commands.News.
func (j *Journal) Follow(ctx context.Context, after domain.Position, prefixes ...string) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		for ctx.Err() == nil {
			found, at, moved := j.since(after)
			for _, r := range found {
				among := slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(string(r.Stream), p) })
				if among && !yield(r, nil) {
					return
				}
			}
			if after = at; !yield(domain.Recorded{Moment: domain.Moment{Position: at}}, nil) {
				return
			}
			select {
			case <-moved:
			case <-ctx.Done():
			}
		}
		yield(domain.Recorded{}, ctx.Err())
	}
}

// since is everything recorded after a position, where it ends, and what is closed as
// soon as there is more.
func (j *Journal) since(after domain.Position) ([]domain.Recorded, domain.Position, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.moved == nil {
		j.moved = make(chan struct{})
	}
	end := domain.Position(len(j.all))
	return slices.Clone(j.all[min(after, end):]), max(after, end), j.moved
}
