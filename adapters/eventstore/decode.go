package eventstore

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// decoder turns what the store keeps into what the domain knows. Events of one request
// say the same of who asked for them, but for their links and the times before those, so
// it keeps what it read last.
type decoder struct {
	codec domain.Codec
	meta  []byte // what it says, without a link and the time before it
	says  domain.Metadata
}

// recorded is e in the words of the domain. When its data cannot be read, the rest
// of it still stands beside the error.
func (d *decoder) recorded(e *esdb.RecordedEvent) (domain.Recorded, error) {
	r := domain.Recorded{
		Stream:   domain.Stream(e.StreamID),
		Revision: e.EventNumber,
		Moment:   domain.Moment{Position: domain.Position(e.Position.Commit), At: e.CreatedDate},
	}
	says, err := d.read(e)
	if err != nil {
		return r, fmt.Errorf("event %d of %s: %w", e.EventNumber, e.StreamID, err)
	}
	r.By, r.At = says.By, says.At(e.CreatedDate)
	event, err := d.codec.Decode(e.EventType, e.Data)
	if err != nil {
		return r, fmt.Errorf("event %d of %s: %w", e.EventNumber, e.StreamID, err)
	}
	r.Event = event
	return r, nil
}

// read is what metadata of an event say.
func (d *decoder) read(e *esdb.RecordedEvent) (domain.Metadata, error) {
	says, _, linked := unlinked(e.UserMetadata)
	if linked {
		says, _, _ = untimed(says)
	}
	if d.meta == nil || !bytes.Equal(d.meta, says) {
		var read domain.Metadata
		if err := json.Unmarshal(e.UserMetadata, &read); err != nil {
			return read, err
		}
		d.meta, d.says = says, read
	}
	return d.says, nil
}
