package eventnode_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
)

func TestOnlyTheOwnerReadsTheStoreInAFolderThatWasThere(t *testing.T) {
	t.Parallel()
	dir, to := t.TempDir(), filepath.Join(t.TempDir(), "backup")
	require.NoError(t, os.Chmod(dir, 0o755))
	n := start(t, quiet(dir))
	c := dial(t, n)
	for range 20 {
		_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, large(20)...)
		require.NoError(t, err)
	}
	_, err := n.Scavenge(t.Context())
	require.NoError(t, err)
	_, err = n.Backup(t.Context(), to)
	require.NoError(t, err)
	for _, dir := range []string{dir, to} {
		seen := 0
		require.NoError(t, filepath.WalkDir(dir, func(path string, found fs.DirEntry, err error) error {
			require.NoError(t, err)
			info, err := found.Info()
			require.NoError(t, err)
			require.Zero(t, info.Mode().Perm()&0o077, "%s is %v", path, info.Mode())
			seen++
			return nil
		}))
		require.Greater(t, seen, 5)
	}
}
