package eventnode

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/cockroachdb/pebble/v2"
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
	if _, err := files.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return done, errors.Join(err, fs.ErrExist)
	}
	beside := dir + ".unfinished-" + uuid.NewString()[:8]
	defer func() {
		if err != nil {
			err = errors.Join(err, files.RemoveAll(beside))
		}
	}()
	if err := s.unlessTrouble(func() error { return s.db.Checkpoint(beside, pebble.WithFlushedWAL()) }); err != nil {
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
