package eventnode

import (
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// isVital says whether a file is one of the store, and no copy that lies elsewhere.
func (g *guard) isVital(name string) bool { return g.PathDir(name) == g.dir }

// open opens a file to be written.
func (g *guard) open(name string, open func() (vfs.File, error)) (f vfs.File, err error) {
	if !g.isVital(name) {
		g.fence()
		return open()
	}
	g.vital(func() error {
		f, err = open()
		return err
	})
	return guarded{f, g, strings.HasSuffix(name, ".log")}, nil
}

// Create implements vfs.FS.
func (g *guard) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	return g.open(name, func() (vfs.File, error) { return g.FS.Create(name, category) })
}

// ReuseForWrite implements vfs.FS.
func (g *guard) ReuseForWrite(old, name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	if g.fresh.Load() {
		if err := g.Remove(old); err != nil {
			g.fail(err)
			park()
		}
		return g.Create(name, category)
	}
	return g.open(name, func() (vfs.File, error) { return g.FS.ReuseForWrite(old, name, category) })
}

// OpenDir implements vfs.FS.
func (g *guard) OpenDir(name string) (vfs.File, error) {
	f, err := g.FS.OpenDir(name)
	if err != nil || name != g.dir {
		return f, err
	}
	return guarded{f, g, false}, nil
}

// MkdirAll implements vfs.FS. Nobody else reads copies of the store.
func (g *guard) MkdirAll(dir string, _ fs.FileMode) error { return g.FS.MkdirAll(dir, ownFolder) }

// Remove implements vfs.FS. What was left behind removes nothing.
func (g *guard) Remove(name string) error {
	g.fence()
	return g.FS.Remove(name)
}

// Rename implements vfs.FS.
func (g *guard) Rename(from, to string) error {
	g.fence()
	return g.FS.Rename(from, to)
}

// Lock implements vfs.FS. The folder is locked by the node, not by each store that it
// opens there.
func (g *guard) Lock(string) (io.Closer, error) { return io.NopCloser(nil), nil }

// guarded is a file that the store cannot live without.
type guarded struct {
	vfs.File
	guard *guard
	isLog bool
}

// Write implements vfs.File.
func (f guarded) Write(p []byte) (n int, err error) {
	f.guard.vital(func() error {
		written, err := f.File.Write(p[n:])
		n += written
		return err
	})
	return n, nil
}

// Sync implements vfs.File.
func (f guarded) Sync() error { return f.sync(f.File.Sync) }

// SyncData implements vfs.File.
func (f guarded) SyncData() error { return f.sync(f.File.SyncData) }

// SyncTo implements vfs.File.
func (f guarded) SyncTo(length int64) (full bool, err error) {
	return full, f.sync(func() error {
		full, err = f.File.SyncTo(length)
		return err
	})
}

// sync syncs once. What a sync could not write is not written by the next.
func (f guarded) sync(sync func() error) error {
	begun := time.Now()
	if err := sync(); err != nil {
		f.guard.fail(err)
	}
	f.guard.fence()
	if counted := f.guard.syncs.Load(); f.isLog && counted != nil {
		(*counted).Observe(time.Since(begun).Seconds())
	}
	return nil
}

// Close implements vfs.File. Pebble ends the process when it cannot close a log.
func (f guarded) Close() error {
	if err := f.File.Close(); err != nil {
		f.guard.fail(err)
		park()
	}
	return nil
}

// Stat implements vfs.File. Pebble ends the process when it cannot measure a log that it
// uses again.
func (f guarded) Stat() (vfs.FileInfo, error) {
	info, err := f.File.Stat()
	if err != nil {
		f.guard.fail(err)
		park()
	}
	return info, nil
}
