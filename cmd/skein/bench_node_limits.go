package main

import (
	"encoding/binary"
	"errors"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// rawStore keeps events under the keys that the node keeps them under, and knows
// nothing of what they mean.
type rawStore struct {
	db       *pebble.DB
	position atomic.Uint64
}

func openRawStore(folder string) (*rawStore, error) {
	db, err := pebble.Open(folder, &pebble.Options{
		Logger: mute{}, MemTableSize: 8 << 20, MemTableStopWritesThreshold: 4, L0StopWritesThreshold: 1000,
	})
	return &rawStore{db: db}, err
}

// keep makes an event safe: the event, its place in its stream, and the stream.
func (r *rawStore) keep(to passage, data []byte) error {
	at := binary.BigEndian.AppendUint64(nil, r.position.Add(1))
	b := r.db.NewBatch()
	index := binary.BigEndian.AppendUint64([]byte{'s'}, to.number)
	return errors.Join(
		b.Set(append([]byte{'e'}, at...), data, nil),
		b.Set(binary.BigEndian.AppendUint64(index, to.length), at, nil),
		b.Set(append([]byte{'n'}, to.stream...), at, nil),
		b.Commit(pebble.Sync),
		b.Close(),
	)
}

// rawLog keeps bytes in a file that has its place on the disk already. What arrives
// while it syncs is written and synced together.
type rawLog struct {
	file    vfs.File
	waiting chan line
	ended   chan error
}

type line struct {
	data []byte
	safe chan error
}

// lined is how long a raw log is before it begins anew.
const lined = 64 << 20

func openRawLog(path string) (*rawLog, error) {
	file, err := vfs.Default.Create(path, vfs.WriteCategoryUnspecified)
	if err != nil {
		return nil, err
	}
	for range lined >> 20 {
		if _, err := file.Write(make([]byte, 1<<20)); err != nil {
			return nil, errors.Join(err, file.Close())
		}
	}
	if err := file.Sync(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	r := &rawLog{file, make(chan line, 1024), make(chan error, 1)}
	go r.write()
	return r, nil
}

// keep makes bytes safe.
func (r *rawLog) keep(data []byte) error {
	safe := make(chan error, 1)
	r.waiting <- line{data, safe}
	return <-safe
}

func (r *rawLog) write() {
	var group []chan error
	var text []byte
	at := int64(0)
	for first := range r.waiting {
		group, text = append(group[:0], first.safe), append(text[:0], first.data...)
		for range len(r.waiting) {
			next := <-r.waiting
			group, text = append(group, next.safe), append(text, next.data...)
		}
		if at+int64(len(text)) > lined {
			at = 0
		}
		_, err := r.file.WriteAt(text, at)
		if err == nil {
			err = r.file.SyncData()
		}
		at += int64(len(text))
		for _, safe := range group {
			safe <- err
		}
	}
	r.ended <- r.file.Close()
}

// close is for when nobody keeps anything any more.
func (r *rawLog) close() error {
	close(r.waiting)
	return <-r.ended
}
