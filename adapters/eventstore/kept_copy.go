package eventstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// copyMetadata is what metadata of a copy say: what those of its event said, and where
// and when that was recorded. The copy has its revision.
type copyMetadata struct {
	domain.Metadata
	Position domain.Position `json:"position"`
}

// errIncomplete says that copies are gone that the index has.
var errIncomplete = errors.New("not all is there that is told of a redacted stream")

// original is the event that a copy is told instead of, as it reads now.
func (r redaction) original(copied *esdb.RecordedEvent) (*esdb.RecordedEvent, error) {
	var said copyMetadata
	if err := json.Unmarshal(copied.UserMetadata, &said); err != nil || said.Position == 0 {
		return nil, fmt.Errorf("event %d of %s is no copy: %w", copied.EventNumber, copied.StreamID, err)
	}
	metadata, err := json.Marshal(said.Metadata)
	if err != nil {
		return nil, err
	}
	e := *copied
	e.StreamID, e.Position, e.CreatedDate, e.UserMetadata = r.Stream, position(said.Position), said.Created.Time, metadata
	return &e, nil
}

// copies calls each with the events of a redacted stream from a revision on as they read
// now, at most so many, until it returns false. It returns ErrDeleted when the stream was
// redacted anew, or destroyed.
func (c *Connection) copies(ctx context.Context, r redaction, from, most uint64, each func(*esdb.RecordedEvent) bool) error {
	until := r.length()
	if from >= until {
		return nil
	}
	if until-from > most {
		until = from + most
	}
	next, enough := from, false
	var failed error
	err := c.read(ctx, func() opening { return streamFrom(r.Kept, next, until-next) }, func(copied *esdb.RecordedEvent) bool {
		e, err := r.original(copied)
		if err == nil && copied.EventNumber != next {
			err = fmt.Errorf("%s: %w", r.Kept, errIncomplete)
		}
		if failed = err; err != nil {
			return false
		}
		next++
		enough = !each(e)
		return !enough
	})
	if err = errors.Join(err, failed); err == nil && !enough && next < until {
		err = fmt.Errorf("%s: %w", r.Kept, errIncomplete)
	}
	return err
}
