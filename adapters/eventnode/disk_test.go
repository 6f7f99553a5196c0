package eventnode_test

import (
	"path/filepath"
	"sync"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// operation is what is done to a file.
type operation struct{ does, file string }

// disk is a file system that fails when it is told to.
type disk struct {
	*vfs.MemFS
	mu    sync.Mutex
	fails func(o operation) error
}

func newDisk() *disk { return &disk{MemFS: vfs.NewCrashableMem()} }

// fail has operations fail as fails says, until it says nil to all or is nil.
func (d *disk) fail(fails func(o operation) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fails = fails
}

// failOnce has the next operation of a kind fail on files that match a pattern.
func (d *disk) failOnce(does, pattern string, err error) {
	done := false
	d.fail(func(o operation) error {
		if matches, _ := filepath.Match(pattern, o.file); done || o.does != does || !matches {
			return nil
		}
		done = true
		return err
	})
}

func (d *disk) ask(does, name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fails == nil {
		return nil
	}
	return d.fails(operation{does, filepath.Base(name)})
}

func (d *disk) opened(f vfs.File, err error, name string) (vfs.File, error) {
	if err != nil {
		return nil, err
	}
	return &diskFile{f, d, name}, nil
}

func (d *disk) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	if err := d.ask("create", name); err != nil {
		return nil, err
	}
	f, err := d.MemFS.Create(name, category)
	return d.opened(f, err, name)
}

func (d *disk) ReuseForWrite(old, name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	if err := d.ask("create", name); err != nil {
		return nil, err
	}
	f, err := d.MemFS.ReuseForWrite(old, name, category)
	return d.opened(f, err, name)
}

func (d *disk) OpenDir(name string) (vfs.File, error) {
	f, err := d.MemFS.OpenDir(name)
	return d.opened(f, err, name)
}

type diskFile struct {
	vfs.File
	disk *disk
	name string
}

// Write writes half of what it cannot write.
func (f *diskFile) Write(p []byte) (int, error) {
	if err := f.disk.ask("write", f.name); err != nil {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, err
	}
	return f.File.Write(p)
}

func (f *diskFile) Sync() error {
	if err := f.disk.ask("sync", f.name); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f *diskFile) SyncData() error { return f.Sync() }
