package eventnode

import (
	"log/slog"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestAnEventThatIsNotInItsIndexIsFound(t *testing.T) {
	s, err := openStore(Config{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	defer s.close()
	l, err := openLedger(s, 0)
	require.NoError(t, err)
	st, err := l.stream("ada")
	require.NoError(t, err)
	l.begin()
	require.NoError(t, l.record(st, time.Now(), event{ID: uuid.New(), Type: "said"}, event{ID: uuid.New(), Type: "said"}))
	require.NoError(t, l.batch.Commit(pebble.Sync))
	require.NoError(t, s.db.Delete(indexKey(st.number, 1), pebble.Sync))

	r, err := s.verify(t.Context(), 2)
	require.NoError(t, err)
	require.Equal(t, []string{"the event at 2 is not found as 1@ada", "the index has 1 entries for 2 events"}, r.Problems)
	_, err = s.check()
	require.EqualError(t, err, "check the last writes: the event at 2 is not found as 1@ada")
}
