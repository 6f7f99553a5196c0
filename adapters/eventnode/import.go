package eventnode

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/cockroachdb/pebble/v2"
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
	if err := o.writable(); err != nil {
		return done, err
	}
	s := o.store
	last, err := s.check()
	if err != nil {
		return done, err
	}
	l, err := openRestored(s, last)
	if err != nil {
		return done, err
	}
	done.Position = last
	defer func() {
		err = errors.Join(err, s.unlessTrouble(func() error { return s.db.LogData(nil, pebble.Sync) }))
	}()
	lines := json.NewDecoder(r)
	lines.DisallowUnknownFields()
	for n := 1; ; n++ {
		var a archived
		if err := lines.Decode(&a); errors.Is(err, io.EOF) {
			return done, nil
		} else if err != nil {
			return done, fmt.Errorf("read line %d of the archive: %w", n, err)
		}
		if err := errors.Join(ctx.Err(), l.restore(a)); err != nil {
			return done, fmt.Errorf("import line %d of the archive: %w", n, err)
		}
		if done.Position < l.position {
			done.Events, done.Position = done.Events+1, l.position
		}
	}
}
