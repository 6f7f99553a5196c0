package memory

import (
	"context"
	"iter"
	"slices"
	"strings"

	"skein/domain"
)

// Within implements commands.Records.
func (j *Journal) Within(ctx context.Context, until domain.Position, prefixes ...string) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		for _, r := range j.All(0) {
			if err := ctx.Err(); err != nil {
				yield(domain.Recorded{}, err)
				return
			}
			among := slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(string(r.Stream), p) })
			if r.Position > until || among && !yield(r, nil) {
				return
			}
		}
	}
}
