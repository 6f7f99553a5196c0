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
		decode, enough := decoder{codec: j.codec}, until == 0
		each := func(e *esdb.RecordedEvent) bool {
			if system(e) {
				return true
			}
			r, err := decode.recorded(e)
			enough = !yield(r, err) || err != nil
			return !enough
		}
		for at := domain.Position(0); at < until && !enough; {
			from := at
			var err error
			at, err = j.conn.search(ctx, at, until, prefixes, each)
			if err != nil && !enough && (at == from || ctx.Err() != nil) {
				yield(domain.Recorded{}, err)
				return
			}
		}
	}
}
