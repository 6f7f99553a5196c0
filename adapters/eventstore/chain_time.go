package eventstore

import (
	"bytes"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// apart is how far the time that an event is told with may be from the one that its
// appender knew. It covers two clocks, that of the store and that of the appender, which
// are set by others now and then, and the ten seconds for which an append is repeated
// (see patience). Who moves an event by less than that changes nothing that is told by
// the day, and no order, for that is told by positions.
const apart = time.Minute

const (
	timeBegins = `,"at":"`
	timeEnds   = `"`
	timeForm   = "2006-01-02T15:04:05.000000Z07:00" // RFC 3339, in UTC of one length
	timeSize   = len(timeBegins) + len("2006-01-02T15:04:05.000000Z") + len(timeEnds)
)

// timed is metadata that say last when their appender has it that their event is told to
// have been recorded, so that a link says it too: the store gives the time that is told,
// and whoever has the store may give another. They are a JSON object that is not empty.
func timed(metadata []byte, at time.Time) []byte {
	text := append(make([]byte, 0, len(metadata)+timeSize+linkSize), bytes.TrimSuffix(metadata, []byte("}"))...)
	text = append(text, timeBegins...)
	text = at.UTC().AppendFormat(text, timeForm)
	return append(text, timeEnds+"}"...)
}

// untimed is what metadata say beside their link and the time before it.
func untimed(says []byte) (rest []byte, at time.Time, is bool) {
	begins := len(says) - timeSize
	if begins <= 0 || !bytes.HasPrefix(says[begins:], []byte(timeBegins)) || !bytes.HasSuffix(says, []byte(timeEnds)) {
		return says, at, false
	}
	at, err := time.Parse(time.RFC3339Nano, string(says[begins+len(timeBegins):len(says)-len(timeEnds)]))
	if err != nil {
		return says, time.Time{}, false
	}
	return says[:begins], at, true
}

// redated reports whether an event is told with another time than it was recorded with, by
// what its metadata say with their link. Those from before appenders said it tell nothing.
func redated(e *esdb.RecordedEvent, says []byte, metadata domain.Metadata) bool {
	_, at, is := untimed(says)
	return is && metadata.At(e.CreatedDate).Sub(at).Abs() > apart
}
