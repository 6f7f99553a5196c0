package esdb_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// archived is a line of an archive of events.
type archived struct {
	Position uint64    `json:"position"`
	Stream   string    `json:"stream"`
	Revision uint64    `json:"revision"`
	ID       uuid.UUID `json:"id"`
	Type     string    `json:"type"`
	Created  time.Time `json:"created"`
	JSON     bool      `json:"json"`
	Data     string    `json:"data"`
	Metadata string    `json:"metadata"`
}

// seed is an archive of the events that the tests know: those in the client's files
// and, of the two streams they read, as many more as the tests count, where the
// files say that they are or else somewhere between.
func seed(t *testing.T) io.Reader {
	events := map[uint64]archived{}
	for revision := uint64(0); revision < 6000; revision++ {
		position := (200*137_783 + 29_870*revision - 29_870*194) / 200
		if revision >= 2000 {
			position = 12_240_000 + 150*(revision-2000)
		}
		events[position] = numbered("dataset20M-0", revision, revision%200, position)
	}
	for revision := uint64(0); revision < 2000; revision++ {
		position := 11_607_400 + 157*revision
		switch {
		case revision >= 1990:
			position = 12_235_906 + 157*(revision-1990)
		case revision >= 340:
			position = 11_785_596 + 157*(revision-340)
		}
		events[position] = numbered("dataset20M-1800", revision, 1800+revision%200, position)
	}
	for _, file := range []string{
		"all-e0-e10", "all-c1788-p1788", "all-back-e0-e10", "dataset20M-1800-e0-e10", "dataset20M-1800-e1999-e1990",
	} {
		b, err := os.ReadFile("../resources/test/" + file + ".json")
		require.NoError(t, err)
		var known []TestEvent
		require.NoError(t, json.Unmarshal(b, &known))
		for _, k := range known {
			e := k.Event
			events[e.Position.Commit] = archived{
				e.Position.Commit, e.StreamID, e.StreamRevision.Value, e.EventID, e.EventType,
				time.Unix(e.Created.Seconds, int64(e.Created.Nanos)), e.ContentType == "application/json",
				string(e.EventData), string(e.UserMetadata),
			}
		}
	}
	return inOrder(t, events)
}

// numbered is an event that nobody looks at closely.
func numbered(stream string, revision, kind, position uint64) archived {
	return archived{
		position, stream, revision, uuid.NewSHA1(uuid.NameSpaceURL, fmt.Appendf(nil, "%d@%s", revision, stream)),
		fmt.Sprint("eventType-", kind), time.Unix(1578852900, 0), true, fmt.Sprintf(`{"somedata" : %d}`, revision), "",
	}
}

func inOrder(t *testing.T, events map[uint64]archived) io.Reader {
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	byPosition := func(a, b archived) int { return cmp.Compare(a.Position, b.Position) }
	for _, e := range slices.SortedFunc(maps.Values(events), byPosition) {
		require.NoError(t, encoder.Encode(e))
	}
	return &lines
}
