package eventstore

import (
	"fmt"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// What is told of a redacted stream instead of its events is kept in a stream beside it,
// event by event under the same revisions, and a stream that lists all of these, the
// index, says so. Neither is shown to those above. What the events held before is hidden
// by a tombstone or by "$tb", which the store keeps for ever, and leaves its files with
// the next scavenge.

// index is the stream that lists redactions.
const index = "kept"

const (
	kindRedacted = "kept.redacted" // a redaction; its copies are all there
	kindSealed   = "kept.sealed"   // one that closed its stream has come to its end
)

// aside reports whether the journal keeps a stream for itself.
func aside(stream string) bool {
	return strings.HasPrefix(stream, index) && (len(stream) == len(index) || stream[len(index)] == '-')
}

// keptOf is the stream with what is told of another one, the n-th since that was redacted
// first. Its name begins with the space.
func keptOf(s string, n int) string {
	category, rest, _ := strings.Cut(s, "-")
	space, id, within := strings.Cut(rest, ".")
	if !within {
		space, id = "", rest
	}
	return fmt.Sprintf("%s-%s.%s.%s.%d", index, space, category, id, n)
}

// redaction is an entry of the index.
type redaction struct {
	Stream  string          `json:"stream"`
	Kept    string          `json:"kept"`    // the stream with what is told
	Through uint64          `json:"through"` // the last revision that is
	First   domain.Position `json:"first"`   // of the events
	Last    domain.Position `json:"last"`
	Closed  bool            `json:"closed,omitzero"` // it holds once the stream is tombstoned

	sealed bool // the index says that it is
}

// length is how many events of the stream are told otherwise.
func (r redaction) length() uint64 {
	if r.Kept == "" {
		return 0
	}
	return r.Through + 1
}

// covers reports whether something else is told instead of an event.
func (s *standing) covers(e *esdb.RecordedEvent) bool {
	return len(s.inForce) > 0 && e.EventNumber < s.inForce[e.StreamID].length()
}
