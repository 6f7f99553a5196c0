package eventstore

import (
	"context"
	"iter"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// Within implements commands.Records. The store looks for the events by itself, so
// that only they come over the line, and no faster than they are taken.
func (j *Journal) Within(ctx context.Context, until domain.Position, prefixes ...string) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		decode, enough := decoder{codec: j.codec}, false
		err := j.conn.seek(ctx, 0, until, prefixes, func(e *esdb.RecordedEvent) bool {
			r, err := decode.recorded(e)
			enough = !yield(r, err) || err != nil
			return !enough
		})
		if err != nil && !enough {
			yield(domain.Recorded{}, err)
		}
	}
}
