package eventstore

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// decoder turns what the store keeps into what the domain knows. Events recorded
// together say the same of who asked for them, but for their links, so it keeps what it
// read last.
type decoder struct {
	codec domain.Codec
	meta  []byte // what it says, without a link
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
	meta, _, _ := unlinked(e.UserMetadata)
	if d.meta == nil || !bytes.Equal(d.meta, meta) {
		var says domain.Metadata
		if err := json.Unmarshal(e.UserMetadata, &says); err != nil {
			return r, fmt.Errorf("event %d of %s: %w", e.EventNumber, e.StreamID, err)
		}
		d.meta, d.says = meta, says
	}
	r.By, r.At = d.says.By, d.says.At(e.CreatedDate)
	event, err := d.codec.Decode(e.EventType, e.Data)
	if err != nil {
		return r, fmt.Errorf("event %d of %s: %w", e.EventNumber, e.StreamID, err)
	}
	r.Event = event
	return r, nil
}
