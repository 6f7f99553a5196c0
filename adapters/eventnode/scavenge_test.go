package eventnode_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// marked appends an event with random bytes to a stream. They are the result.
func marked(t testing.TB, c *esdb.Client, stream string) []byte {
	t.Helper()
	marker := make([]byte, 64)
	rand.Read(marker)
	_, err := c.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{},
		esdb.EventData{EventType: "said", Data: marker})
	require.NoError(t, err)
	return marker
}

// holding is the files of a folder that contain some bytes.
func holding(t testing.TB, dir string, marker []byte) (found []string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, f := range files {
		if f.Type().IsRegular() {
			b, err := os.ReadFile(filepath.Join(dir, f.Name()))
			require.NoError(t, err)
			if bytes.Contains(b, marker) {
				found = append(found, f.Name())
			}
		}
	}
	return found
}

func TestAScavengeLeavesNothingOfWhatWasHidden(t *testing.T) {
	dir := t.TempDir()
	n := start(t, quiet(dir))
	c := dial(t, n)
	hidden, kept := map[string][]byte{}, map[string][]byte{}
	for stream, hide := range map[string]func(stream string) error{
		"tombstoned": func(s string) error {
			_, err := c.TombstoneStream(t.Context(), s, esdb.TombstoneStreamOptions{})
			return err
		},
		"deleted": func(s string) error {
			_, err := c.DeleteStream(t.Context(), s, esdb.DeleteStreamOptions{})
			return err
		},
		"counted":   func(s string) error { describe(t, c, s, `{"$maxCount":1}`); return nil },
		"truncated": func(s string) error { describe(t, c, s, `{"$tb":2}`); return nil },
	} {
		appended(t, c, stream, 0, 1)
		hidden[stream] = marked(t, c, stream)
		if stream == "counted" || stream == "truncated" {
			kept[stream] = marked(t, c, stream)
		}
		require.NoError(t, hide(stream))
	}
	for range 20 {
		_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, large(10)...)
		require.NoError(t, err)
	}
	for stream, marker := range hidden {
		require.NotEmpty(t, holding(t, dir, marker), stream)
	}
	done, err := n.Scavenge(t.Context())
	require.NoError(t, err)
	require.Equal(t, eventnode.Scavenged{Streams: 4, Events: 8}, done)
	for stream, marker := range hidden {
		require.Empty(t, holding(t, dir, marker), stream)
	}
	for stream, marker := range kept {
		require.NotEmpty(t, holding(t, dir, marker), stream)
	}
	done, err = n.Scavenge(t.Context())
	require.NoError(t, err)
	require.Zero(t, done)
	require.NoError(t, n.Close())

	c = dial(t, start(t, quiet(dir)))
	require.Equal(t, esdb.ErrorCodeStreamDeleted, notRead(t, c, "tombstoned"))
	require.Equal(t, esdb.ErrorCodeResourceNotFound, notRead(t, c, "deleted"))
	require.Equal(t, []uint64{2}, revisions(t, c, "counted", esdb.ReadStreamOptions{}, 10))
	require.Equal(t, []uint64{2}, revisions(t, c, "truncated", esdb.ReadStreamOptions{}, 10))
	w, err := c.AppendToStream(t.Context(), "deleted", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(1)}, said(2, 1)...)
	require.NoError(t, err)
	require.EqualValues(t, 2, w.NextExpectedVersion, "the numbers go on")
	require.Len(t, positions(t, c, esdb.ReadAllOptions{}, 1000), 208, "8+2+4 and 200 before, 8 removed, 2 now")
}

func TestExpiredEventsAreScavengedButTheLastOfAll(t *testing.T) {
	n := start(t, quiet(t.TempDir()))
	c := dial(t, n)
	describe(t, c, "ada", `{"$maxAge":1}`)
	appended(t, c, "ada", 0, 3)
	require.Eventually(t, func() bool {
		return len(revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10)) == 0
	}, 5*time.Second, 50*time.Millisecond)
	done, err := n.Scavenge(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, done.Events)
	require.Equal(t, []uint64{1, 4}, positions(t, c, esdb.ReadAllOptions{}, 10))
	appended(t, c, "ada", 3, 1)
	done, err = n.Scavenge(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, done.Events)
	require.Equal(t, []uint64{3}, revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10))
}

func TestAScavengeRunsBesideLiveTrafficAndIsTakenUpAgain(t *testing.T) {
	n := start(t, quiet(t.TempDir()))
	c := dial(t, n)
	describe(t, c, "ada", `{"$maxCount":5}`)
	appended(t, c, "ada", 0, 3000)
	cut, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := n.Scavenge(cut)
	require.ErrorIs(t, err, context.Canceled)

	var writing sync.WaitGroup
	writing.Go(func() {
		for i := range 300 {
			if _, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, said(i, 2)...); err != nil {
				t.Error(err)
				return
			}
		}
	})
	var all sync.WaitGroup
	var refused atomic.Int64
	for range 4 {
		all.Go(func() {
			for range 3 {
				_, err := n.Scavenge(t.Context())
				if errors.Is(err, eventnode.ErrBusy) {
					refused.Add(1)
				} else if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	writing.Wait()
	require.NotZero(t, refused.Load(), "one at a time")
	_, err = n.Scavenge(t.Context())
	require.NoError(t, err)
	require.Equal(t, []uint64{3595, 3596, 3597, 3598, 3599}, revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10))
	require.Len(t, positions(t, c, esdb.ReadAllOptions{}, 10_000), 6)
	r, err := n.Verify(t.Context())
	require.NoError(t, err)
	require.Empty(t, r.Problems)
}
