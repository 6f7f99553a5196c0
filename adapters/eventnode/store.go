package eventnode

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// store keeps the events and finds them again.
type store struct {
	db   *pebble.DB
	lock *pebble.Lock
}

func openStore(cfg Config) (*store, error) {
	fs := cfg.FS
	if fs == nil {
		fs = vfs.Default
	}
	if err := fs.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the event node: %w", err)
	}
	lock, err := pebble.LockDirectory(cfg.Dir, fs)
	if err != nil {
		return nil, fmt.Errorf("lock %s, which only one event node can have open: %w", cfg.Dir, err)
	}
	cacheSize := cfg.CacheSize
	if cacheSize == 0 {
		cacheSize = 64 << 20
	}
	options := &pebble.Options{
		FS:                          fs,
		Lock:                        lock,
		Logger:                      pebbleLog{cfg.log()},
		FormatMajorVersion:          pebble.FormatValueSeparation,
		CacheSize:                   cacheSize,
		MemTableSize:                8 << 20,
		MemTableStopWritesThreshold: 4,
		L0CompactionThreshold:       4,
		L0StopWritesThreshold:       1000,
		MaxOpenFiles:                1000,
	}
	for i := range options.Levels {
		options.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
		options.Levels[i].BlockSize = 16 << 10
	}
	db, err := pebble.Open(cfg.Dir, options)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the event store in %s: %w", cfg.Dir, err), lock.Close())
	}
	return &store{db: db, lock: lock}, nil
}

func (s *store) close() error { return errors.Join(s.db.Close(), s.lock.Close()) }

// events yields the events from a position through another, the newest first if
// backwards. What an event points to is only valid until the next.
func (s *store) events(from, through uint64, backwards bool) iter.Seq2[event, error] {
	return func(yield func(event, error) bool) {
		if from > through {
			return
		}
		for it, err := range s.scan(eventKey(from), eventKey(through), backwards) {
			var e event
			if err == nil {
				var record []byte
				if record, err = it.ValueAndErr(); err == nil {
					e, err = parseRecord(lastNumber(it.Key()), record)
				}
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// indexed says where an event of a stream is.
type indexed struct {
	revision int64
	position uint64
}

// index yields where the events of a stream are, from a revision through another,
// the newest first if backwards.
func (s *store) index(number uint64, from, through int64, backwards bool) iter.Seq2[indexed, error] {
	return func(yield func(indexed, error) bool) {
		if from > through {
			return
		}
		for it, err := range s.scan(indexKey(number, from), indexKey(number, through), backwards) {
			var at indexed
			if err == nil {
				var value []byte
				if value, err = it.ValueAndErr(); err == nil {
					at = indexed{int64(lastNumber(it.Key())), binary.BigEndian.Uint64(value)}
				}
			}
			if !yield(at, err) || err != nil {
				return
			}
		}
	}
}

// scan steps from a key through another.
func (s *store) scan(from, through []byte, backwards bool) iter.Seq2[*pebble.Iterator, error] {
	return func(yield func(*pebble.Iterator, error) bool) {
		it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: from, UpperBound: append(through, 0)})
		if err != nil {
			yield(nil, err)
			return
		}
		defer it.Close()
		first, next := it.First, it.Next
		if backwards {
			first, next = it.Last, it.Prev
		}
		for ok := first(); ok; ok = next() {
			if !yield(it, nil) {
				return
			}
		}
		if err := it.Error(); err != nil {
			yield(nil, err)
		}
	}
}

// get hands the value of a key to take, and says whether there is one.
func (s *store) get(key []byte, take func(value []byte)) (bool, error) {
	value, closer, err := s.db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	take(value)
	return true, closer.Close()
}
