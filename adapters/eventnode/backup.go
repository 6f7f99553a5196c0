package eventnode

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
)

// BackedUp is what a backup holds.
type BackedUp struct {
	Files int
	Bytes int64
}

// Backup copies the store as it is at one moment, with everything that was answered
// before, into a folder that must not exist yet. The node serves on meanwhile. A node
// that is started there goes on from that moment. A backup that was cut off leaves
// nothing under that name.
func (n *Node) Backup(ctx context.Context, dir string) (BackedUp, error) {
	begun := time.Now()
	done, err := n.store().backup(ctx, dir)
	if err == nil {
		n.log.Info("event node: backed up", "dir", dir, "bytes", done.Bytes, "took", time.Since(begun))
	}
	return done, err
}

// backup copies into a folder beside, which gets its name when it is whole.
func (s *store) backup(ctx context.Context, dir string) (done BackedUp, err error) {
	files := s.folder.fs
	defer func() {
		if err != nil {
			err = fmt.Errorf("back the event store up to %s: %w", dir, err)
		}
	}()
	if err := s.beyond(dir); err != nil {
		return done, err
	}
	beside := dir + ".unfinished-" + uuid.NewString()[:8]
	defer func() {
		if err != nil {
			err = errors.Join(err, files.RemoveAll(beside))
		}
	}()
	if err := s.copy(beside); err != nil {
		return done, err
	}
	names, err := files.List(beside)
	if err != nil {
		return done, err
	}
	for _, name := range names {
		info, err := files.Stat(files.PathJoin(beside, name))
		if err != nil {
			return done, err
		}
		done.Files, done.Bytes = done.Files+1, done.Bytes+info.Size()
	}
	if err := ctx.Err(); err != nil {
		return done, err
	}
	if err := files.Rename(beside, dir); err != nil {
		return done, err
	}
	parent, err := files.OpenDir(files.PathDir(dir))
	if err != nil {
		return done, err
	}
	return done, errors.Join(parent.Sync(), parent.Close())
}

// copy copies the files of the store. Nobody changes those of one that is only read.
func (s *store) copy(to string) error {
	if !s.readOnly {
		return s.unlessTrouble(func() error { return s.db.Checkpoint(to, pebble.WithFlushedWAL()) })
	}
	files, ours := s.folder.fs, func(path string) bool {
		name := s.folder.fs.PathBase(path)
		return name == "LOCK" || name == "probe" || strings.HasSuffix(name, ".sock")
	}
	_, err := vfs.Clone(files, files, s.folder.cfg.Dir, to, vfs.CloneSync, vfs.CloneSkip(ours))
	return err
}
