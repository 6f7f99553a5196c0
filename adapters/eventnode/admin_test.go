package eventnode_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// operator is what works on a store, from inside its node, from outside, and without one.
type operator interface {
	Scavenge(ctx context.Context) (eventnode.Scavenged, error)
	Backup(ctx context.Context, dir string) (eventnode.BackedUp, error)
	Verify(ctx context.Context) (eventnode.Report, error)
	Export(ctx context.Context, w io.Writer) error
}

func reach(t testing.TB, dir string) *eventnode.Remote {
	t.Helper()
	r, err := eventnode.Reach(t.Context(), dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	return r
}

func TestAnOperatorDoesTheSameInsideOutsideAndWithoutANode(t *testing.T) {
	for name, long := range map[string]string{"": "", " in a long path": strings.Repeat("long", 30)} {
		for _, where := range []string{"inside", "outside", "without"} {
			t.Run(where+name, func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), long)
				n := start(t, quiet(dir))
				c := dial(t, n)
				appended(t, c, "ada", 0, 3)
				appended(t, c, "grace", 0, 2)
				_, err := c.DeleteStream(t.Context(), "ada", esdb.DeleteStreamOptions{})
				require.NoError(t, err)
				var at operator = n
				switch where {
				case "outside":
					at = reach(t, dir)
				case "without":
					require.NoError(t, n.Close())
					o, err := eventnode.Open(quiet(dir))
					require.NoError(t, err)
					defer func() { require.NoError(t, o.Close()) }()
					at = o
				}
				done, err := at.Scavenge(t.Context())
				require.NoError(t, err)
				require.Equal(t, eventnode.Scavenged{Streams: 1, Events: 3}, done)
				found, err := at.Verify(t.Context())
				require.NoError(t, err)
				require.Empty(t, found.Problems)
				require.Equal(t, 3, found.Events)
				var archive bytes.Buffer
				require.NoError(t, at.Export(t.Context(), &archive))
				to := filepath.Join(t.TempDir(), "new", "backup")
				copied, err := at.Backup(t.Context(), to)
				require.NoError(t, err)
				require.NotZero(t, copied.Bytes)
				require.Equal(t, archive.String(), exported(t, quiet(to)), "it holds the same")
				_, err = at.Backup(t.Context(), to)
				require.ErrorContains(t, err, "exist")
			})
		}
	}
}

func TestOnlyTheOwnerSeesDoorAndBackup(t *testing.T) {
	dir, to := t.TempDir(), filepath.Join(t.TempDir(), "backup")
	n := start(t, quiet(dir))
	_, err := n.Backup(t.Context(), to)
	require.NoError(t, err)
	for path, mode := range map[string]fs.FileMode{filepath.Join(dir, "admin.sock"): 0o600, to: 0o700} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode().Perm(), path)
	}
}

func TestAFolderIsReachedWhileANodeRunsThere(t *testing.T) {
	dir := t.TempDir()
	_, err := eventnode.Reach(t.Context(), dir)
	require.ErrorIs(t, err, eventnode.ErrNotRunning)
	n := start(t, quiet(dir))
	reach(t, dir)
	_, err = eventnode.Open(quiet(dir))
	require.ErrorIs(t, err, eventnode.ErrInUse)
	require.NoError(t, n.Close())
	_, err = eventnode.Reach(t.Context(), dir)
	require.ErrorIs(t, err, eventnode.ErrNotRunning)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "admin.sock"), nil, 0o600))
	_, err = eventnode.Reach(t.Context(), dir)
	require.ErrorIs(t, err, eventnode.ErrNotRunning, "a killed node left it")
}

func TestABackupThatIsCutOffLeavesNothing(t *testing.T) {
	n := start(t, quiet(t.TempDir()))
	appended(t, dial(t, n), "ada", 0, 3)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	in := t.TempDir()
	_, err := n.Backup(over, filepath.Join(in, "backup"))
	require.ErrorIs(t, err, context.Canceled)
	left, err := os.ReadDir(in)
	require.NoError(t, err)
	require.Empty(t, left)
}

// stuck takes one write and no more until it is told to fail.
type stuck struct{ began, fail chan struct{} }

func (s stuck) Write([]byte) (int, error) {
	close(s.began)
	<-s.fail
	return 0, errors.New("enough")
}

func TestCloseCutsOffWhatAnOperatorDoes(t *testing.T) {
	dir := t.TempDir()
	n, err := eventnode.Start(quiet(dir))
	require.NoError(t, err)
	c := dial(t, n)
	for range 20 {
		_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, large(20)...)
		require.NoError(t, err)
	}
	s := stuck{make(chan struct{}), make(chan struct{})}
	exporting, outside := make(chan error, 1), reach(t, dir)
	go func() { exporting <- outside.Export(t.Context(), s) }()
	<-s.began
	_, err = n.Scavenge(t.Context())
	require.ErrorIs(t, err, eventnode.ErrBusy, "what is exported stays meanwhile")
	require.ErrorContains(t, err, "is being exported")
	hurried, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err = n.Verify(hurried)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "is being exported")
	begun := time.Now()
	require.NoError(t, n.Close())
	require.Less(t, time.Since(begun), 5*time.Second)
	close(s.fail)
	require.Error(t, <-exporting)
}

func TestAnExportThatWasBrokenOffIsAnError(t *testing.T) {
	dir := t.TempDir()
	n := start(t, quiet(dir))
	c := dial(t, n)
	for range 10 {
		_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, large(20)...)
		require.NoError(t, err)
	}
	pr, pw := io.Pipe()
	exporting, outside := make(chan error, 1), reach(t, dir)
	go func() { exporting <- outside.Export(t.Context(), pw) }()
	_, err := pr.Read(make([]byte, 1))
	require.NoError(t, err)
	require.NoError(t, n.Close())
	go io.Copy(io.Discard, pr)
	require.ErrorContains(t, <-exporting, "broke the export off")
	require.NoError(t, pw.Close())
}

func TestAnExportThatCannotReadEverythingIsAnError(t *testing.T) {
	cfg := quiet(t.TempDir())
	cfg.CacheSize = 1
	n := start(t, cfg)
	_, err := dial(t, n).AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, large(20)...)
	require.NoError(t, err)
	_, err = n.Scavenge(t.Context())
	require.NoError(t, err)
	tables, err := filepath.Glob(filepath.Join(cfg.Dir, "*.sst"))
	require.NoError(t, err)
	info, err := os.Stat(tables[0])
	require.NoError(t, err)
	overwrite(t, tables[0], info.Size()/3, 16)
	require.Error(t, reach(t, cfg.Dir).Export(t.Context(), io.Discard))
}

func TestAnArchiveOfScavengedStreamsKeepsTheirNumbers(t *testing.T) {
	from, to := quiet(t.TempDir()), quiet(t.TempDir())
	n := start(t, from)
	c := dial(t, n)
	appended(t, c, "ada", 0, 3)
	appended(t, c, "grace", 0, 2)
	appended(t, c, "ended", 0, 2)
	_, err := c.DeleteStream(t.Context(), "ada", esdb.DeleteStreamOptions{})
	require.NoError(t, err)
	_, err = c.TombstoneStream(t.Context(), "ended", esdb.TombstoneStreamOptions{})
	require.NoError(t, err)
	describe(t, c, "grace", `{"$maxCount":1}`)
	_, err = n.Scavenge(t.Context())
	require.NoError(t, err)
	require.NoError(t, n.Close())
	archive := exported(t, from)
	require.Equal(t, 1, strings.Count(archive, `"scavenged":true`), "nothing else lost its numbers")
	require.NoError(t, imported(t, to, archive))
	require.NoError(t, imported(t, to, archive), "again")
	require.Equal(t, archive, exported(t, to))

	c = dial(t, start(t, to))
	require.Equal(t, esdb.ErrorCodeResourceNotFound, notRead(t, c, "ada"))
	w, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(2)}, said(3, 1)...)
	require.NoError(t, err)
	require.EqualValues(t, 3, w.NextExpectedVersion)
	require.Equal(t, []uint64{3}, revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10))
	require.Equal(t, []uint64{1}, revisions(t, c, "grace", esdb.ReadStreamOptions{}, 10))
}

func TestANumberOfAnotherStreamIsRefused(t *testing.T) {
	archive := archive(t)
	for line, want := range map[string]string{
		`{"position":1,"stream":"eve","revision":4,"scavenged":true}`:   "another event",
		`{"position":99,"stream":"eve","revision":4,"scavenged":true}`:  "does not follow",
		`{"position":6,"stream":"","revision":4,"scavenged":true}`:      "",
		`{"position":99,"stream":"ada","revision":99,"scavenged":true}`: "another event",
	} {
		err := imported(t, quiet(t.TempDir()), archive+line)
		require.ErrorContains(t, err, "line 8")
		require.ErrorContains(t, err, want)
	}
}

func TestNoTwoStreamsHaveTheSameNumber(t *testing.T) {
	lines := strings.SplitAfter(archive(t), "\n")
	whole := strings.Join(slices.Delete(lines, 5, 6), "") // the position 6 is free
	eve := `{"position":6,"stream":"eve","revision":4,"scavenged":true}`
	bob := `{"position":6,"stream":"bob","revision":5,"scavenged":true}`
	require.ErrorContains(t, imported(t, quiet(t.TempDir()), whole+eve+bob), "line 8 of the archive: the store does not go on as the archive does: it has another stream")
	cfg := quiet(t.TempDir())
	require.NoError(t, imported(t, cfg, whole+eve))
	require.NoError(t, imported(t, cfg, whole+eve), "again")
	require.ErrorContains(t, imported(t, cfg, whole+bob), "it has another stream that begins at that position")
	require.Empty(t, verified(t, cfg).Problems)
}
