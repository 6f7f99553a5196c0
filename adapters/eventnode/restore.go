package eventnode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// ErrOther is the refusal to import into a store that has something else.
var ErrOther = errors.New("the store does not go on as the archive does")

var (
	errAnother   = fmt.Errorf("%w: it has another event at that position", ErrOther)
	errChanged   = fmt.Errorf("%w: it has that event with other contents", ErrOther)
	errScavenged = fmt.Errorf("%w: its event at that position was scavenged; import into a folder of its own", ErrOther)
	errNumber    = fmt.Errorf("%w: it has another stream that begins at that position", ErrOther)
	errBeyond    = errors.New("its position, revision or time is beyond what a store can have")
	errLarge     = errors.New("the event is larger than a message to a client can be")
	errOrder     = errors.New("the event does not follow those before it")
)

// restored is a ledger that is filled from an archive.
type restored struct {
	*ledger
	known   uint64          // the position up to which the store was filled before
	numbers map[uint64]bool // those of streams whose first event may be gone
}

func openRestored(s *store, last uint64) (restored, error) {
	r := restored{known: last, numbers: map[uint64]bool{}}
	for it, err := range s.scan([]byte{nameKeys}, []byte{nameKeys + 1}, false) {
		if err != nil {
			return r, err
		}
		if len(it.Value()) > 8 {
			r.numbers[binary.BigEndian.Uint64(it.Value())] = true
		}
	}
	var err error
	r.ledger, err = openLedger(s, last)
	return r, err
}

// restore writes an event as it is said to be, unless it is there already.
func (r restored) restore(a archived) error {
	if err := checkName(string(a.Stream)); err != nil {
		return err
	}
	if a.Scavenged {
		return r.restoreCut(cut{a.Position, a.Stream, a.Revision, true})
	}
	if err := a.fits(); err != nil {
		return err
	}
	e := a.event()
	if e.Position <= r.known {
		return r.store.has(e)
	}
	st, err := r.stream(e.Stream)
	if err != nil {
		return err
	}
	if e.Position <= r.position || st.tombstoned || e.Revision <= st.last || e.ID == uuid.Nil {
		return errOrder
	}
	r.begin()
	if err := r.put(st, e); err != nil {
		return err
	}
	return r.store.write(r.batch)
}

// restoreCut notes how far a stream was scavenged, unless it has come further.
func (r restored) restoreCut(c cut) error {
	st, err := r.stream(string(c.Stream))
	if err != nil || st.last >= c.Revision {
		return err
	}
	taken, err := r.store.get(eventKey(c.Position), func([]byte) {})
	switch {
	case err != nil:
		return err
	case taken || st.number != 0:
		return errAnother
	case r.numbers[c.Position]:
		return errNumber
	case c.Position == 0 || c.Position > r.position || uint64(c.Revision) >= r.position:
		return errOrder
	}
	st.number, st.last = c.Position, c.Revision
	value := binary.BigEndian.AppendUint64(nil, st.number)
	value = binary.BigEndian.AppendUint64(value, uint64(st.last))
	r.begin()
	if err := r.batch.Set(nameKey(st.name), value, nil); err != nil {
		return err
	}
	r.numbers[st.number] = true
	return r.store.write(r.batch)
}

// has refuses an event that is not in the store.
func (s *store) has(e event) error {
	other := errChanged
	known, err := s.get(eventKey(e.Position), func(record []byte) {
		there, err := parseRecord(e.Position, record)
		switch {
		case bytes.Equal(record, e.appendRecord(nil)):
			other = nil
		case err != nil || there.ID != e.ID || there.Stream != e.Stream || there.Revision != e.Revision:
			other = errAnother
		}
	})
	switch {
	case err != nil:
		return err
	case !known:
		return errScavenged
	}
	return other
}
