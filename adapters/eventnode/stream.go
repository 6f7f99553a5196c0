package eventnode

import (
	"bytes"
	"encoding/binary"
	"iter"
	"math"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// stream is what there is to know of a stream beside its events.
type stream struct {
	head
	name      string
	described bool      // it has metadata
	keeps     retention // what that says of its events
}

// head is where a stream stands.
type head struct {
	number     uint64 // what it goes by in the index, 0 if it never had an event
	last       int64  // the revision of its last event, -1 if there is none
	tombstoned bool
}

// exists says whether the stream has events to read, be they hidden or scavenged.
func (s stream) exists() bool { return s.last >= 0 && !s.softDeleted() }

func (s stream) softDeleted() bool { return s.keeps.truncateBefore == gone }

// lowest is the first revision that is not hidden by its number.
func (s stream) lowest() int64 {
	low := s.keeps.truncateBefore
	if s.keeps.maxCount > 0 {
		low = max(low, s.last-s.keeps.maxCount+1)
	}
	return low
}

// shows says whether an event of the stream can be read at a time. What ends the
// stream for ever is never hidden.
func (s stream) shows(e event, now time.Time) bool {
	return e.Revision == tombstone || e.Revision >= s.lowest() &&
		(s.keeps.maxAge == 0 || e.Created >= ticks(now.Add(-s.keeps.maxAge)))
}

// stream looks a stream up as it stood when position upTo was written.
func (s *store) stream(name string, upTo uint64) (stream, error) {
	h, err := s.head(name, upTo)
	st := stream{head: h, name: name}
	if err != nil {
		return st, err
	}
	if of, ok := described(name); ok {
		base, err := s.head(of, upTo)
		st.keeps.maxCount = 1
		st.tombstoned = st.tombstoned || base.tombstoned
		return st, err
	}
	description, err := s.head(metaOf(name), upTo)
	if err != nil || description.last < 0 {
		return st, err
	}
	st.described = true
	e, ok, err := s.event(description.number, description.last, upTo)
	if ok {
		st.keeps = retentionOf(e)
	}
	return st, err
}

func (s *store) head(name string, upTo uint64) (head, error) {
	h := head{last: -1}
	known, err := s.get(nameKey(name), func(value []byte) {
		h.number = binary.BigEndian.Uint64(value)
		if len(value) > 8 {
			h.last = int64(lastNumber(value))
		}
	})
	if err != nil || !known {
		return h, err
	}
	for at, err := range s.index(h.number, 0, tombstone, true) {
		switch {
		case err != nil:
			return h, err
		case at.position > upTo:
		case at.revision == tombstone:
			h.tombstoned = true
		default:
			h.last = max(h.last, at.revision)
			return h, nil
		}
	}
	return h, nil
}

// event is the one event with a revision, which the caller may keep.
func (s *store) event(number uint64, revision int64, upTo uint64) (event, bool, error) {
	for e, err := range s.eventsOf(number, revision, revision, upTo, false) {
		e.Data, e.Metadata = bytes.Clone(e.Data), bytes.Clone(e.Metadata)
		return e, err == nil, err
	}
	return event{}, false, nil
}

// eventsOf yields the events of a stream from a revision through another that were
// written up to a position, the newest first if backwards. What was scavenged is
// left out. What an event points to is only valid until the next.
func (s *store) eventsOf(number uint64, from, through int64, upTo uint64, backwards bool) iter.Seq2[event, error] {
	return func(yield func(event, error) bool) {
		records, err := s.db.NewIter(&pebble.IterOptions{
			LowerBound: []byte{eventKeys}, UpperBound: []byte{eventKeys + 1},
		})
		if err != nil {
			yield(event{}, err)
			return
		}
		defer records.Close()
		const nowhere = math.MaxUint64
		here := uint64(nowhere)
		for at, err := range s.index(number, from, through, backwards) {
			if err != nil {
				yield(event{}, err)
				return
			}
			if at.position > upTo {
				continue
			}
			there := false
			switch here {
			case at.position - 1:
				there = records.Next()
			case at.position + 1:
				there = records.Prev()
			default:
				there = records.SeekGE(eventKey(at.position))
			}
			here = nowhere
			if !there || lastNumber(records.Key()) != at.position {
				continue
			}
			here = at.position
			e, err := event{}, records.Error()
			if record, invalid := records.ValueAndErr(); invalid != nil {
				err = invalid
			} else if err == nil {
				e, err = parseRecord(at.position, record)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}
