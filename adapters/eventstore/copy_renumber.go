package eventstore

import (
	"bytes"
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
)

// renumber keeps by how much the revisions of a stream are lower at the target from
// now on. A stream that only begins there may have been described before that was known.
func (r *copying) renumber(ctx context.Context, stream string, shift uint64, begins bool) error {
	if r.shift[stream] == 0 {
		r.done.Renumbered++
	}
	r.shift[stream] = shift
	if !begins {
		return nil
	}
	described, err := r.To.newest(ctx, "$$"+stream)
	if err != nil || described == nil {
		return err
	}
	anew := moved(described.Data, shift)
	if bytes.Equal(anew, described.Data) {
		return nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return r.append(ctx, described.StreamID, described.EventNumber+1, []esdb.EventData{{
		EventID: id, EventType: described.EventType, ContentType: esdb.ContentTypeJson, Data: anew, Metadata: described.UserMetadata,
	}})
}

// shiftOf is by how much the revisions of a stream are lower at the target, which an
// earlier run may have decided: then the last event there is found further back at
// the source.
func (r *copying) shiftOf(ctx context.Context, stream string) (uint64, error) {
	if shift, known := r.shift[stream]; known || !r.Renumber {
		return shift, nil
	}
	last, err := r.To.newest(ctx, stream)
	if err != nil || last == nil {
		return 0, err
	}
	next, shift := last.EventNumber, uint64(0)
	err = r.From.read(ctx, func() opening { return streamFrom(stream, next, 1<<62) }, func(e *esdb.RecordedEvent) bool {
		next = e.EventNumber + 1
		if e.EventID != last.EventID {
			return true
		}
		shift = e.EventNumber - last.EventNumber
		return false
	})
	if err == nil {
		r.shift[stream] = shift
	}
	return shift, err
}
