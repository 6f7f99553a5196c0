package eventnode

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/uuid"
)

// Import adds the events of an archive to the store in cfg.Dir, which no node may have
// open, with the positions, revisions, ids and times that they have there. What the
// store has already is passed over, so an import that was cut off can be repeated. An
// archive that goes on otherwise than the store began is refused where they differ.
func Import(cfg Config, r io.Reader) (err error) {
	s, err := openStore(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	last, err := s.check()
	if err != nil {
		return err
	}
	l, err := openLedger(s, last)
	if err != nil {
		return err
	}
	lines := json.NewDecoder(r)
	for n := 1; ; n++ {
		var a archived
		if err := lines.Decode(&a); errors.Is(err, io.EOF) {
			return s.db.LogData(nil, pebble.Sync)
		} else if err != nil {
			return fmt.Errorf("read line %d of the archive: %w", n, err)
		}
		if err := l.restore(a.event(), last); err != nil {
			return fmt.Errorf("import line %d of the archive: %w", n, err)
		}
	}
}

var (
	errOther = errors.New("the store has another event at its position")
	errOrder = errors.New("the event does not follow those before it")
)

// restore writes an event as it is said to be, unless it is one of those up to a
// position and is there already.
func (l *ledger) restore(e event, known uint64) error {
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
	return l.batch.Commit(pebble.NoSync)
}

// has refuses an event that is not in the store.
func (s *store) has(e event) error {
	same := false
	_, err := s.get(eventKey(e.Position), func(record []byte) {
		there, err := parseRecord(e.Position, record)
		same = err == nil && there.ID == e.ID && there.Stream == e.Stream && there.Revision == e.Revision
	})
	if err == nil && !same {
		return errOther
	}
	return err
}
