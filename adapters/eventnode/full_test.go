package eventnode_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// A store whose disk is full can be looked at and taken elsewhere, and nothing is left of
// the tries to do more.
func TestAStoreOnAFullDiskCanBeTakenElsewhere(t *testing.T) {
	t.Parallel()
	if apart(t) {
		return
	}
	d := newDisk()
	cfg := quiet("node")
	cfg.FS = d
	n, err := eventnode.Start(cfg)
	require.NoError(t, err)
	appended(t, dial(t, n), "ada", 0, 20)
	require.NoError(t, n.Close())
	want := exported(t, cfg)
	n, err = eventnode.Start(cfg)
	require.NoError(t, err)
	appended(t, dial(t, n), "grace", 0, 20)
	require.NoError(t, n.Close())
	before, err := d.List("node")
	require.NoError(t, err)
	d.fail(func(o operation) error {
		if matches, _ := filepath.Match("*.sst", o.file); matches && o.does == "write" {
			return syscall.ENOSPC
		}
		return nil
	})

	_, err = eventnode.Start(cfg)
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.ErrorContains(t, err, "make space")
	o, err := eventnode.Open(cfg)
	require.NoError(t, err)
	r, err := o.Verify(t.Context())
	require.NoError(t, err)
	require.Empty(t, r.Problems)
	require.Equal(t, 40, r.Events)
	var archive bytes.Buffer
	require.NoError(t, o.Export(t.Context(), &archive))
	require.True(t, strings.HasPrefix(archive.String(), want))
	_, err = o.Scavenge(t.Context())
	require.ErrorIs(t, err, eventnode.ErrFull)
	_, err = o.Import(t.Context(), &archive)
	require.ErrorIs(t, err, eventnode.ErrFull)
	d.fail(nil)
	_, err = o.Backup(t.Context(), "backup")
	require.NoError(t, err)
	require.NoError(t, o.Close())
	after, err := d.List("node")
	require.NoError(t, err)
	require.ElementsMatch(t, before, after)

	backup := cfg
	backup.Dir = "backup"
	require.Equal(t, exported(t, backup), exported(t, cfg))
}
