package eventnode_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// rounds is how often something is tried: few times, or many in a long run.
func rounds(few, many int) int { return eventnode.Rounds(few, many) }

// everything is what $all has: without a hole, each event once, and each stream in order.
func everything(t testing.TB, c *esdb.Client) map[uuid.UUID]*esdb.RecordedEvent {
	t.Helper()
	r, err := c.ReadAll(t.Context(), esdb.ReadAllOptions{}, math.MaxInt64)
	require.NoError(t, err)
	defer r.Close()
	found, next := map[uuid.UUID]*esdb.RecordedEvent{}, map[string]uint64{}
	for {
		got, err := r.Recv()
		if errors.Is(err, io.EOF) {
			return found
		}
		require.NoError(t, err)
		e := got.Event
		if e.EventNumber != next[e.StreamID] || found[e.EventID] != nil || e.Position.Commit != uint64(len(found)+1) {
			t.Fatalf("%d@%s is at %d, after %d events: again, out of order or behind a hole", e.EventNumber, e.StreamID, e.Position.Commit, len(found))
		}
		next[e.StreamID]++
		found[e.EventID] = e
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

// survived requires that what was answered is there as it was answered, that of what each
// author was not answered for there is all or nothing, and that there is nothing else.
// It is how many appends are there that were not answered.
func (k *killed) survived(t testing.TB, c *esdb.Client) (unanswered int) {
	t.Helper()
	found := everything(t, c)
	for number, positions := range k.answered {
		a := authorAfter(number, 0)
		for n := range len(positions) + 1 {
			s := a.next()
			if _, written := found[s.events[0].EventID]; n == len(positions) && !written {
				continue
			} else if n == len(positions) {
				unanswered++
			}
			for i, e := range s.events {
				got := found[e.EventID]
				if got == nil || got.StreamID != s.stream || got.EventNumber != s.first+uint64(i) || !bytes.Equal(got.Data, e.Data) {
					t.Fatalf("author %d: of append %d of %d, event %d is %v", number, n, len(positions), i, got)
				}
				if n < len(positions) && got.Position.Commit != positions[n]-uint64(len(s.events)-1-i) {
					t.Fatalf("author %d: append %d was answered at %d and is at %d", number, n, positions[n], got.Position.Commit)
				}
				delete(found, e.EventID)
			}
		}
	}
	require.Empty(t, found, "nobody wrote that")
	return unanswered
}

// An append counts once, however many events it brings.
func TestWhatWasAnsweredSurvivesKills(t *testing.T) {
	if eventnode.Plainly(t) {
		return
	}
	const perFolder = 10
	appends, unanswered := 0, 0
	var starts []time.Duration
	for range rounds(10, 100) {
		k := killed{dir: t.TempDir()}
		for range perFolder {
			k.again(t, rand.IntN(rounds(200, 11_000)))
			begun := time.Now()
			n, err := eventnode.Start(quiet(k.dir))
			starts = append(starts, time.Since(begun))
			require.NoError(t, err)
			unanswered += k.survived(t, dial(t, n))
			require.NoError(t, n.Close())
		}
		for _, positions := range k.answered {
			appends += len(positions)
		}
		require.NoError(t, os.RemoveAll(k.dir))
	}
	slices.Sort(starts)
	t.Logf("%d answered appends survived %d kills, and %d that were not answered; starts took %v at p50, %v at p99, %v at most",
		appends, len(starts), unanswered, starts[len(starts)/2], starts[len(starts)*99/100], starts[len(starts)-1])
}
