package eventnode

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/uuid"
)

// How much the writer remembers beside what it reads again.
const (
	recentStreams = 16 << 10
	recentIDs     = 32 << 10
	recentBytes   = 8 << 20 // of the names of either
)

// ledger is the journal as its writer sees it: with everything that was decided on,
// synced or not.
type ledger struct {
	store    *store
	position uint64 // of the last event
	streams  *recent[string, *stream]
	ids      *recent[uuid.UUID, place]

	batch   *pebble.Batch // what the change at hand writes
	written []event       // the events among that
	before  uint64        // the position before it
}

// place is where an event was written.
type place struct {
	stream   string
	revision int64
}

func openLedger(s *store, last uint64) (*ledger, error) {
	l := &ledger{store: s, position: last}
	l.forget()
	return l, l.recall()
}

// forget drops what is remembered of streams and ids.
func (l *ledger) forget() {
	l.streams = newRecent(recentStreams, recentBytes, func(name string, _ *stream) int { return len(name) })
	l.ids = newRecent(recentIDs, recentBytes, func(_ uuid.UUID, at place) int { return len(at.stream) })
}

// recall learns the ids of the last events from the store.
func (l *ledger) recall() error {
	from := l.position - min(l.position, recentIDs)
	for e, err := range l.store.events(from, l.position, false) {
		if err != nil {
			return err
		}
		l.remember(e.ID, place{e.Stream, e.Revision})
	}
	return nil
}

// remember keeps where an id was first used.
func (l *ledger) remember(id uuid.UUID, at place) {
	if _, known := l.ids.get(id); !known {
		l.ids.put(id, at)
	}
}

// stream is what the ledger knows of a stream. Only record changes it.
func (l *ledger) stream(name string) (*stream, error) {
	if st, ok := l.streams.get(name); ok {
		return st, nil
	}
	st, err := l.store.stream(name, math.MaxUint64)
	if err != nil {
		return nil, err
	}
	l.streams.put(name, &st)
	return &st, nil
}

// past is what an append to a stream is judged by.
func (l *ledger) past(st *stream, failed *error) past {
	return past{
		last:        st.last,
		tombstoned:  st.tombstoned,
		softDeleted: st.softDeleted(),
		described:   st.described,
		lately: func(id uuid.UUID) (int64, bool) {
			at, ok := l.ids.get(id)
			return at.revision, ok && at.stream == st.name
		},
		at: func(revision int64) (uuid.UUID, bool) {
			e, ok, err := l.store.event(st.number, revision, math.MaxUint64)
			if err != nil {
				*failed = err
			}
			return e.ID, ok
		},
	}
}

// begin starts a change.
func (l *ledger) begin() {
	l.batch, l.written, l.before = l.store.db.NewBatch(), nil, l.position
}

// undo takes a change back that failed half-way.
func (l *ledger) undo() error {
	l.batch.Close()
	l.position, l.written = l.before, nil
	l.forget()
	return l.recall()
}

// record writes events at the end of a stream. It gives them stream, position and
// time, and a revision unless they end the stream for ever.
func (l *ledger) record(st *stream, now time.Time, events ...event) error {
	for _, e := range events {
		e.Stream, e.Position, e.Created = st.name, l.position+1, ticks(now)
		if e.Revision != tombstone {
			e.Revision = st.last + 1
		}
		if err := l.put(st, e); err != nil {
			return err
		}
	}
	return nil
}

// put writes an event as the last of its stream and of all.
func (l *ledger) put(st *stream, e event) error {
	l.position = e.Position
	if e.Revision != tombstone {
		st.last = e.Revision
	} else {
		st.tombstoned = true
		l.streams.drop(metaOf(st.name))
	}
	if of, ok := described(st.name); ok {
		l.streams.drop(of)
	}
	if st.number == 0 {
		st.number = e.Position
		if err := l.batch.Set(nameKey(st.name), binary.BigEndian.AppendUint64(nil, st.number), nil); err != nil {
			return err
		}
	}
	op := l.batch.SetDeferred(9, e.recordSize())
	copy(op.Key, eventKey(e.Position))
	e.appendRecord(op.Value[:0])
	if err := op.Finish(); err != nil {
		return err
	}
	at := binary.BigEndian.AppendUint64(nil, e.Position)
	if err := l.batch.Set(indexKey(st.number, e.Revision), at, nil); err != nil {
		return err
	}
	l.remember(e.ID, place{st.name, e.Revision})
	l.written = append(l.written, e)
	return nil
}
