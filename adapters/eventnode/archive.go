package eventnode

import (
	"bytes"
	"encoding/json"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// archived is an event as a line of an archive, which is newline-delimited JSON.
type archived struct {
	Position uint64    `json:"position"`
	Stream   text      `json:"stream"`
	Revision int64     `json:"revision"`
	ID       uuid.UUID `json:"id"`
	Type     string    `json:"type"`
	Created  time.Time `json:"created"`
	JSON     bool      `json:"json"`
	Data     text      `json:"data"`
	Metadata text      `json:"metadata"`

	Scavenged bool `json:"scavenged,omitzero"` // the line is a cut
}

// cut is the line of an archive that says of a stream that its last event was scavenged:
// its numbering goes on after that. The position is that of its first event, by which
// the store knows the stream.
type cut struct {
	Position  uint64 `json:"position"`
	Stream    text   `json:"stream"`
	Revision  int64  `json:"revision"`
	Scavenged bool   `json:"scavenged"`
}

func archivedFrom(e event) archived {
	return archived{
		Position: e.Position, Stream: text(e.Stream), Revision: e.Revision, ID: e.ID, Type: e.Type,
		Created: time.UnixMicro(e.Created / 10).Add(time.Duration(e.Created%10) * 100).UTC(),
		JSON:    e.JSON, Data: e.Data, Metadata: e.Metadata,
	}
}

func (a archived) event() event {
	return event{
		a.Position, string(a.Stream), a.Revision, a.ID, a.Type,
		a.JSON, ticks(a.Created), a.Data, a.Metadata,
	}
}

// fits refuses an event that no store can have: its position leaves no room for others,
// there were never so many events in its stream, its time has no place in the years 1678
// to 2262, or no client could have sent it, nor take it.
func (a archived) fits() error {
	if a.Position >= 1<<62 || a.Revision != tombstone && a.Revision >= int64(a.Position) ||
		!archivedFrom(a.event()).Created.Equal(a.Created.Truncate(100*time.Nanosecond)) {
		return errBeyond
	}
	if len(a.Data)+len(a.Metadata) > largestMessage {
		return errLarge
	}
	return checkType(a.Type)
}

// text is bytes that people can read in an archive: as a string, or in base64 where
// they are no UTF-8.
type text []byte

type unreadable struct {
	Base64 []byte `json:"base64"`
}

// MarshalJSON implements json.Marshaler.
func (t text) MarshalJSON() ([]byte, error) {
	if !utf8.Valid(t) {
		return json.Marshal(unreadable{t})
	}
	return json.Marshal(string(t))
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		var u unreadable
		strict := json.NewDecoder(bytes.NewReader(b))
		strict.DisallowUnknownFields()
		err := strict.Decode(&u)
		*t = u.Base64
		return err
	}
	var s string
	err := json.Unmarshal(b, &s)
	*t = text(s)
	return err
}
