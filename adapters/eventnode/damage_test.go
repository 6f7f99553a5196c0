package eventnode_test

import (
	"bytes"
	"crypto/rand"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// newestLog is the log that was written to last, and how long it is.
func newestLog(t testing.TB, dir string) (path string, size int64) {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(dir, "*.log"))
	require.NoError(t, err)
	for _, path = range slices.Backward(slices.Sorted(slices.Values(logs))) {
		info, err := os.Stat(path)
		require.NoError(t, err)
		if size = info.Size(); size > 0 {
			break
		}
	}
	return path, size
}

// tear cuts a log off in the midst of a write, of which it leaves one wrong byte.
func tear(t testing.TB, dir string) {
	path, size := newestLog(t, dir)
	at := mathrand.Int64N(min(size, 100_000))
	require.NoError(t, os.Truncate(path, size-at))
	overwrite(t, path, size-at, 1)
}

// scribble writes nonsense over the last block of a log.
func scribble(t testing.TB, dir string) {
	const block = 4096
	path, size := newestLog(t, dir)
	begin := (size - 1) / block * block
	overwrite(t, path, begin, size-begin)
}

func overwrite(t testing.TB, path string, at, n int64) {
	nonsense := make([]byte, n)
	rand.Read(nonsense)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteAt(nonsense, at)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

// What is lost with the end of a log is nothing but the end of the journal, and it is
// not lost in silence.
func TestADamagedLogLeavesABeginningOfTheJournal(t *testing.T) {
	answered, lost := 0, 0
	for name, damage := range map[string]func(testing.TB, string){"torn": tear, "scribbled over": scribble} {
		t.Run(name, func(t *testing.T) {
			for range rounds(5, 100) {
				dir := t.TempDir()
				acks := untilKilled(t, dir)
				damage(t, dir)
				var said bytes.Buffer
				n, err := eventnode.Start(eventnode.Config{Dir: dir, Log: slog.New(slog.NewTextHandler(&said, nil))})
				if err != nil {
					require.ErrorContains(t, err, "event store")
					continue
				}
				require.Contains(t, said.String(), "unfinished write")
				found := everything(t, dial(t, n))
				kept(t, acks, found, uint64(len(found)))
				require.NoError(t, n.Close())
				answered += len(acks)
				for _, a := range acks {
					if a.position > uint64(len(found)) {
						lost++
					}
				}
			}
		})
	}
	t.Logf("%d of %d answered appends were in what was damaged", lost, answered)
}
