package eventstore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// copied is what is told, as it is kept.
func (j *Journal) copied(s domain.Stream, told []domain.Recorded) ([]esdb.EventData, error) {
	copies := make([]esdb.EventData, len(told))
	for i, r := range told {
		if r.Stream != s || r.Revision != uint64(i) || r.Event == nil || r.Position == 0 || i > 0 && r.Position <= told[i-1].Position {
			return nil, errors.New("what is told are not the events of the stream from its first one on")
		}
		meta, err := json.Marshal(copyMetadata{domain.Metadata{By: r.By, Created: domain.Created{Time: r.At.UTC()}}, r.Position})
		if err != nil {
			return nil, err
		}
		if j.chain != nil {
			meta = timed(meta, r.At)
		}
		batch, err := j.batch(meta, []domain.Event{r.Event})
		if err != nil {
			return nil, err
		}
		copies[i] = batch[0]
	}
	if len(told) == 0 {
		return nil, errors.New("nothing is told")
	}
	return copies, nil
}

// begun is how many copies a stream begins with; -1 when it holds anything else.
func (c *Connection) begun(ctx context.Context, stream string, copies []esdb.EventData) (n int, err error) {
	err = c.read(ctx, func() opening { return streamFrom(stream, uint64(max(n, 0)), math.MaxUint64) }, func(e *esdb.RecordedEvent) bool {
		if n == len(copies) || !repeats(e, copies[n]) {
			n = -1
			return false
		}
		n++
		return true
	})
	return n, err
}

// repeats reports whether an event is a copy that was written before, whatever it is
// chained to.
func repeats(e *esdb.RecordedEvent, copied esdb.EventData) bool {
	was, _, _ := unlinked(e.UserMetadata)
	was, _, _ = untimed(was)
	is, _, _ := unlinked(copied.Metadata)
	is, _, _ = untimed(is)
	return e.EventType == copied.EventType && bytes.Equal(e.Data, copied.Data) && bytes.Equal(was, is)
}

// write appends those copies that are not there yet.
func (d *redacting) write(ctx context.Context, written int) error {
	for written < len(d.copies) {
		size, until := 0, written
		for until < len(d.copies) && until-written < mostAtOnce {
			if size += weight(d.copies[until]) + linkSize; size > largest && until > written {
				break
			}
			until++
		}
		if _, err := d.send(ctx, d.r.Kept, uint64(written), d.copies[written:until]); err != nil {
			return err
		}
		written = until
	}
	return nil
}
