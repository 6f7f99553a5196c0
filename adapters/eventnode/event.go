package eventnode

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"
)

// event is one recorded event: what a client appended and where the node put it.
type event struct {
	Position uint64
	Stream   string
	Revision int64
	ID       uuid.UUID
	Type     string
	JSON     bool
	Created  int64 // in ticks
	Data     []byte
	Metadata []byte
}

// Types of events that mean something to the node itself.
const (
	typeMetadata  = "$metadata"
	typeTombstone = "$streamDeleted"
	typeLink      = "$>"
)

// tombstone is the revision of the event that ends a stream for ever.
const tombstone = math.MaxInt64

// ticks is a time as the protocol has it: units of 100 ns since 1970.
func ticks(t time.Time) int64 { return t.UnixNano() / 100 }

// A record is an event in the store, under its position: the format, flags, id,
// time and revision, then stream, type and metadata with their lengths, then the
// data.
const (
	recordFormat = 1
	recordFixed  = 1 + 1 + 16 + 8 + 8
	flagJSON     = 1
)

var errRecord = errors.New("the record is damaged")

func (e event) recordSize() int {
	return recordFixed + sized(len(e.Stream)) + sized(len(e.Type)) + sized(len(e.Metadata)) + len(e.Data)
}

// sized is how many bytes n bytes take with their length before them.
func sized(n int) int {
	var b [binary.MaxVarintLen64]byte
	return binary.PutUvarint(b[:], uint64(n)) + n
}

// appendRecord appends the record of e to b.
func (e event) appendRecord(b []byte) []byte {
	var flags byte
	if e.JSON {
		flags |= flagJSON
	}
	b = append(b, recordFormat, flags)
	b = append(b, e.ID[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Created))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Revision))
	b = append(binary.AppendUvarint(b, uint64(len(e.Stream))), e.Stream...)
	b = append(binary.AppendUvarint(b, uint64(len(e.Type))), e.Type...)
	b = append(binary.AppendUvarint(b, uint64(len(e.Metadata))), e.Metadata...)
	return append(b, e.Data...)
}

// parseRecord is the event whose record b is. Its data and metadata are parts of b.
func parseRecord(position uint64, b []byte) (event, error) {
	if len(b) < recordFixed || b[0] != recordFormat {
		return event{}, fmt.Errorf("event at %d: %w", position, errRecord)
	}
	e := event{
		Position: position,
		JSON:     b[1]&flagJSON != 0,
		ID:       uuid.UUID(b[2:18]),
		Created:  int64(binary.BigEndian.Uint64(b[18:26])),
		Revision: int64(binary.BigEndian.Uint64(b[26:34])),
	}
	var parts [3][]byte
	b = b[recordFixed:]
	for i := range parts {
		n, w := binary.Uvarint(b)
		if w <= 0 || n > uint64(len(b)-w) {
			return event{}, fmt.Errorf("event at %d: %w", position, errRecord)
		}
		parts[i], b = b[w:w+int(n)], b[w+int(n):]
	}
	e.Stream, e.Type, e.Metadata, e.Data = string(parts[0]), string(parts[1]), parts[2], b
	return e, nil
}

// size is about how much memory e holds.
func (e event) size() int {
	return 128 + len(e.Stream) + len(e.Type) + len(e.Data) + len(e.Metadata)
}
