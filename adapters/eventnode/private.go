package eventnode

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// private is the real file system, where nobody but the owner can read what is made.
type private struct{ vfs.FS }

const (
	ownFile   = 0o600
	ownFolder = 0o700
)

// Create implements vfs.FS.
func (p private) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := p.FS.Create(name, category)
	return owned(name, f, err)
}

// ReuseForWrite implements vfs.FS.
func (p private) ReuseForWrite(old, name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := p.FS.ReuseForWrite(old, name, category)
	return owned(name, f, err)
}

// MkdirAll implements vfs.FS.
func (p private) MkdirAll(dir string, _ os.FileMode) error { return p.FS.MkdirAll(dir, ownFolder) }

// Lock implements vfs.FS.
func (p private) Lock(name string) (io.Closer, error) {
	lock, err := p.FS.Lock(name)
	return owned(name, lock, err)
}

// owned takes from others what they may do with a file that was just opened.
func owned[F io.Closer](name string, f F, err error) (F, error) {
	var none F
	if err != nil {
		return none, err
	}
	if err := os.Chmod(name, ownFile); err != nil {
		return none, errors.Join(err, f.Close())
	}
	return f, nil
}

// shut closes a folder to others, be it an old one or new.
func (private) shut(dir string) error {
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm()&^ownFolder == 0 {
		return err
	}
	if err := os.Chmod(dir, ownFolder); err != nil {
		return fmt.Errorf("others can open the folder of the event node: chmod 700 it, or name another: %w", err)
	}
	return nil
}
