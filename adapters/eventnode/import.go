package eventnode

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/uuid"
)

// Imported is what an import added.
type Imported struct {
	Events   int
	Position uint64 // of the last event of the store
}

// Import adds the events of an archive with the positions, revisions, ids and times that
// they have there. What the store has already is passed over, so an import that was cut
// off can be repeated. An archive that goes on otherwise than the store began is refused
// where they differ.
func (o *Offline) Import(ctx context.Context, r io.Reader) (done Imported, err error) {
	s := o.store
	last, err := s.check()
	if err != nil {
		return done, err
	}
	l, err := openLedger(s, last)
	if err != nil {
		return done, err
	}
	done.Position = last
	defer func() {
		err = errors.Join(err, s.unlessTrouble(func() error { return s.db.LogData(nil, pebble.Sync) }))
	}()
	lines := json.NewDecoder(r)
	for n := 1; ; n++ {
		var a archived
		if err := lines.Decode(&a); errors.Is(err, io.EOF) {
			return done, nil
		} else if err != nil {
			return done, fmt.Errorf("read line %d of the archive: %w", n, err)
		}
		if err := errors.Join(ctx.Err(), l.restore(a, last)); err != nil {
			return done, fmt.Errorf("import line %d of the archive: %w", n, err)
		}
		if done.Position < l.position {
			done.Events, done.Position = done.Events+1, l.position
		}
	}
}

// ErrOther is the refusal to import an event where the store has another.
var ErrOther = errors.New("the store has another event at its position")

var (
	errBeyond = errors.New("its position, revision or time is beyond what a store can have")
	errOrder  = errors.New("the event does not follow those before it")
)

// restore writes an event as it is said to be, unless it is one of those up to a
// position and is there already.
func (l *ledger) restore(a archived, known uint64) error {
	if a.Scavenged {
		return l.restoreCut(cut{a.Position, a.Stream, a.Revision, true})
	}
	if a.beyond() {
		return errBeyond
	}
	e := a.event()
	if e.Position <= known {
		return l.store.has(e)
	}
	st, err := l.stream(e.Stream)
	if err != nil {
		return err
	}
	if e.Position <= l.position || st.tombstoned || e.Revision <= st.last ||
		e.Stream == "" || e.Type == "" || e.ID == uuid.Nil {
		return errOrder
	}
	l.begin()
	if err := l.put(st, e); err != nil {
		return err
	}
	return l.store.write(l.batch)
}

// restoreCut notes how far a stream was scavenged, unless it has come further.
func (l *ledger) restoreCut(c cut) error {
	st, err := l.stream(string(c.Stream))
	if err != nil || st.last >= c.Revision {
		return err
	}
	taken, err := l.store.get(eventKey(c.Position), func([]byte) {})
	switch {
	case err != nil:
		return err
	case taken || st.number != 0:
		return ErrOther
	case c.Position == 0 || c.Position > l.position || uint64(c.Revision) >= l.position || st.name == "":
		return errOrder
	}
	st.number, st.last = c.Position, c.Revision
	value := binary.BigEndian.AppendUint64(nil, st.number)
	value = binary.BigEndian.AppendUint64(value, uint64(st.last))
	l.begin()
	if err := l.batch.Set(nameKey(st.name), value, nil); err != nil {
		return err
	}
	return l.store.write(l.batch)
}

// has refuses an event that is not in the store.
func (s *store) has(e event) error {
	same := false
	_, err := s.get(eventKey(e.Position), func(record []byte) {
		there, err := parseRecord(e.Position, record)
		same = err == nil && there.ID == e.ID && there.Stream == e.Stream && there.Revision == e.Revision
	})
	if err == nil && !same {
		return ErrOther
	}
	return err
}
