package eventnode_test

import (
	"errors"
	"io"
	"math"
	"os"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// rounds is how often something is tried: few times, or many in a long run.
func rounds(few, many int) int {
	if os.Getenv("SKEIN_LONG") != "" {
		return many
	}
	return few
}

// everything is what $all has: without a hole, each event once, and each stream in order.
func everything(t testing.TB, c *esdb.Client) map[uuid.UUID]*esdb.RecordedEvent {
	t.Helper()
	r, err := c.ReadAll(t.Context(), esdb.ReadAllOptions{}, math.MaxInt64)
	require.NoError(t, err)
	defer r.Close()
	found, next := map[uuid.UUID]*esdb.RecordedEvent{}, map[string]uint64{}
	for {
		e, err := r.Recv()
		if errors.Is(err, io.EOF) {
			return found
		}
		require.NoError(t, err)
		require.Nil(t, found[e.Event.EventID], "an event comes once")
		require.Equal(t, next[e.Event.StreamID], e.Event.EventNumber)
		next[e.Event.StreamID]++
		found[e.Event.EventID] = e.Event
		require.EqualValues(t, len(found), e.Event.Position.Commit)
	}
}

// kept requires that answered appends are where their answers said, if that is not
// after a position.
func kept(t testing.TB, acks []ack, found map[uuid.UUID]*esdb.RecordedEvent, through uint64) {
	t.Helper()
	for _, a := range acks {
		for i, id := range a.ids {
			before := uint64(len(a.ids) - 1 - i)
			if a.position > through {
				continue
			}
			require.NotNil(t, found[id], "an answered event is there")
			require.Equal(t, a.stream, found[id].StreamID)
			require.Equal(t, a.revision-before, found[id].EventNumber)
			require.Equal(t, a.position-before, found[id].Position.Commit)
		}
	}
}

func TestWhatWasAnsweredSurvivesKills(t *testing.T) {
	const perFolder = 10
	answered, slowest := 0, time.Duration(0)
	for range rounds(1, 20) {
		dir, acks := t.TempDir(), []ack(nil)
		for range perFolder {
			acks = append(acks, untilKilled(t, dir)...)
			begun := time.Now()
			n, err := eventnode.Start(quiet(dir))
			slowest = max(slowest, time.Since(begun))
			require.NoError(t, err)
			kept(t, acks, everything(t, dial(t, n)), math.MaxUint64)
			require.NoError(t, n.Close())
		}
		answered += len(acks)
	}
	t.Logf("%d answered appends survived %d kills; the slowest start took %v", answered, rounds(1, 20)*perFolder, slowest)
}
