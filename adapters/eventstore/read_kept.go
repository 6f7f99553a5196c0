package eventstore

import (
	"context"
	"errors"
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// A node brings many or heavy events in several pages, this many together at least. What
// lies behind the first page may be redacted and scavenged before it has come to that.
const (
	paging      = 100
	pagingBytes = 64 << 10
)

// reading is a reading of a stream under way.
type reading struct {
	conn   *Connection
	stream string
	next   uint64
	last   *esdb.RecordedEvent // the last one that stands in the stream itself
	each   func(*esdb.RecordedEvent) bool

	events int // that were read
	bytes  int // in them
	enough bool
	cut    bool // the events before the next one are known to be gone
}

// run reads until there is no more. When it meets something that can mean that the stream
// was redacted, its end, a gap, or that it takes long, it looks at the index.
func (r *reading) run(ctx context.Context) error {
	for {
		gap, err := r.stored(ctx)
		deleted := errors.Is(err, ErrDeleted)
		if r.enough || !deleted && (err != nil || !gap && r.events < paging && r.bytes < pagingBytes) {
			return err
		}
		told, failed := r.told(ctx, deleted)
		switch {
		case failed != nil || r.enough:
			return failed
		case deleted && !told:
			return ErrDeleted
		case deleted || !told && !gap:
			return nil
		}
		r.cut = !told
	}
}

// stored reads what stands in the stream, up to where something is missing.
func (r *reading) stored(ctx context.Context) (gap bool, err error) {
	err = r.conn.read(ctx, func() opening { return streamFrom(r.stream, r.next, math.MaxUint64) }, func(e *esdb.RecordedEvent) bool {
		if gap = e.EventNumber > r.next && !r.cut; gap {
			return false
		}
		r.next, r.last, r.cut = e.EventNumber+1, e, false
		r.events, r.bytes = r.events+1, r.bytes+len(e.Data)+len(e.UserMetadata)
		r.enough = !r.each(e)
		return !r.enough
	})
	return gap, err
}

// told reads what is told instead of what is missing, and reports whether there is any. Of
// a stream that was deleted there is, too, when all of that was read.
func (r *reading) told(ctx context.Context, deleted bool) (is bool, err error) {
	for was := ""; ; {
		now, err := r.conn.look(ctx)
		if err != nil {
			return false, err
		}
		instead, is := now.inForce[r.stream]
		if !is || instead.Kept == was || deleted && !instead.Closed { // never, or it was destroyed
			return false, nil
		}
		switch was = instead.Kept; {
		case r.next < instead.length():
			err = r.conn.copies(ctx, instead, r.next, math.MaxUint64, func(e *esdb.RecordedEvent) bool {
				r.next = e.EventNumber + 1
				r.enough = !r.each(e)
				return !r.enough
			})
		case deleted:
			_, err = r.conn.newest(ctx, instead.Kept)
		default:
			return false, nil
		}
		if !errors.Is(err, ErrDeleted) {
			return err == nil, err
		}
	}
}
