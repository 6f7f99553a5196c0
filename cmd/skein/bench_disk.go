package main

import (
	"errors"
	"slices"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// disk is how long it takes to make a few hundred bytes safe, one write after the
// other, in a file that has its place on the disk already.
func (l *lab) disk(d time.Duration) (took times, err error) {
	const piece, room = 4 << 10, 16 << 20
	path := l.home("disk")
	file, err := vfs.Default.Create(path, vfs.WriteCategoryUnspecified)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close(), vfs.Default.Remove(path)) }()
	if _, err := file.Write(make([]byte, room)); err != nil {
		return nil, err
	}
	if err := file.Sync(); err != nil {
		return nil, err
	}
	for began, at := time.Now(), int64(0); time.Since(began) < d; at = (at + piece) % room {
		before := time.Now()
		if _, err := file.WriteAt(make([]byte, 300), at); err != nil {
			return nil, err
		}
		if err := file.SyncData(); err != nil {
			return nil, err
		}
		took = append(took, time.Since(before))
	}
	slices.Sort(took)
	return took, nil
}
