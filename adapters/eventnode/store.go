package eventnode

import (
	"encoding/binary"
	"errors"
	"iter"

	"github.com/cockroachdb/pebble/v2"
)

// store keeps the events and finds them again.
type store struct {
	db     *pebble.DB
	guard  *guard
	folder *folder

	readOnly bool
}

// openStore opens the store of a folder that is not open yet.
func openStore(cfg Config) (*store, error) {
	f, err := openFolder(cfg)
	if err != nil {
		return nil, err
	}
	s, err := f.open()
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	return s, nil
}

// close closes the store and its folder. A store that cannot write is left as it is,
// and loses nothing by that.
func (s *store) close() error {
	trouble, err := s.guard.state()
	if err == nil {
		closed := make(chan error, 1)
		go func() { closed <- s.db.Close() }()
		select {
		case err = <-closed:
		case <-trouble:
			_, err = s.guard.state()
		}
	}
	s.guard.fail(errClosing)
	return errors.Join(err, s.folder.close())
}

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
