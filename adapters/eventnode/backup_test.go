package eventnode_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

func TestABackupIsTheStoreAsItWas(t *testing.T) {
	n := start(t, quiet(t.TempDir()))
	c := dial(t, n)
	appended(t, c, "ada", 0, 3)
	to := filepath.Join(t.TempDir(), "backup")
	done, err := n.Backup(t.Context(), to)
	require.NoError(t, err)
	require.NotZero(t, done.Bytes)
	appended(t, c, "ada", 3, 1)
	_, err = n.Backup(t.Context(), to)
	require.ErrorIs(t, err, fs.ErrExist)

	copied := dial(t, start(t, quiet(to)))
	require.Equal(t, []uint64{0, 1, 2}, revisions(t, copied, "ada", esdb.ReadStreamOptions{}, 10))
	require.EqualValues(t, 4, appended(t, copied, "ada", 3, 1).CommitPosition)
}

// verified is what is found in the store of a folder in which no node runs.
func verified(t testing.TB, cfg eventnode.Config) eventnode.Report {
	t.Helper()
	o, err := eventnode.Open(cfg)
	require.NoError(t, err)
	r, err := o.Verify(t.Context())
	require.NoError(t, err)
	require.NoError(t, o.Close())
	return r
}

func TestASoundStoreIsVerified(t *testing.T) {
	cfg := quiet(t.TempDir())
	n := start(t, cfg)
	c := dial(t, n)
	appended(t, c, "ada", 0, 3)
	appended(t, c, "grace", 0, 1)
	_, err := c.TombstoneStream(t.Context(), "ada", esdb.TombstoneStreamOptions{})
	require.NoError(t, err)
	running, err := n.Verify(t.Context())
	require.NoError(t, err)
	require.Empty(t, running.Problems)
	require.Equal(t, 5, running.Events)
	require.Equal(t, 2, running.Streams)
	require.EqualValues(t, 5, running.Position)
	require.NoError(t, n.Close())
	require.Equal(t, running, verified(t, cfg))
}

func TestADamagedTableIsFound(t *testing.T) {
	cfg := quiet(t.TempDir())
	n := start(t, cfg)
	_, err := dial(t, n).AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, large(20)...)
	require.NoError(t, err)
	_, err = n.Scavenge(t.Context())
	require.NoError(t, err)
	require.NoError(t, n.Close())
	tables, err := filepath.Glob(filepath.Join(cfg.Dir, "*.sst"))
	require.NoError(t, err)
	require.NotEmpty(t, tables)
	info, err := os.Stat(tables[0])
	require.NoError(t, err)
	overwrite(t, tables[0], info.Size()/3, 16)
	require.NotEmpty(t, verified(t, cfg).Problems)
}

func TestABackupLiesOutsideOfTheStore(t *testing.T) {
	dir := t.TempDir()
	n := start(t, quiet(dir))
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(dir, link))
	for _, to := range []string{filepath.Join(dir, "backup"), filepath.Join(link, "new", "backup"), filepath.Join(dir, "..", filepath.Base(dir), "backup")} {
		_, err := n.Backup(t.Context(), to)
		require.ErrorContains(t, err, "lies in the folder of the store")
	}
	_, err := n.Backup(t.Context(), dir+"-backup")
	require.NoError(t, err)
}

func TestABackupThatCannotBeMadeSaysOneThing(t *testing.T) {
	n := start(t, quiet(t.TempDir()))
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := n.Backup(t.Context(), filepath.Join(file, "backup"))
	require.ErrorContains(t, err, "not a directory")
	require.NotErrorIs(t, err, fs.ErrExist)
}
