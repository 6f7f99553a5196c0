package eventnode

import (
	"encoding/binary"
	"log/slog"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// spoken is a store in which ada has said something n times.
func spoken(t *testing.T, n int) (*store, *stream) {
	t.Helper()
	s, err := openStore(Config{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.close()) })
	l, err := openLedger(s, 0)
	require.NoError(t, err)
	st, err := l.stream("ada")
	require.NoError(t, err)
	l.begin()
	for range n {
		require.NoError(t, l.record(st, time.Now(), event{ID: uuid.New(), Type: "said"}))
	}
	require.NoError(t, l.batch.Commit(pebble.Sync))
	return s, st
}

func TestAnEventThatIsNotInItsIndexIsFound(t *testing.T) {
	s, st := spoken(t, 2)
	require.NoError(t, s.db.Delete(indexKey(st.number, 1), pebble.Sync))

	r, err := s.verify(t.Context(), 2)
	require.NoError(t, err)
	require.Equal(t, []string{"the event at 2 is not found as 1@ada", "the index has 1 entries for 2 events"}, r.Problems)
	_, err = s.check()
	require.EqualError(t, err, "check the last writes: the event at 2 is not found as 1@ada")
}

func TestStreamsThatShareANumberAreFound(t *testing.T) {
	s, _ := spoken(t, 1)
	number := binary.BigEndian.AppendUint64(nil, 1)
	require.NoError(t, s.db.Set(nameKey("eve"), append(number, number...), pebble.Sync))
	require.NoError(t, s.db.Set(indexKey(7, 0), number, pebble.Sync))

	r, err := s.verify(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, []string{
		`the streams "ada" and "eve" have the same number 1`,
		"the index has the event at 1 for a stream of the number 7, which there is not",
		"the index has 2 entries for 1 events",
	}, r.Problems)
}
