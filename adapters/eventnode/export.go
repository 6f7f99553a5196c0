package eventnode

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
)

// Export writes all events up to the one that is now the last as an archive that Import
// reads: one JSON object a line, and after the events one for each stream whose last
// were scavenged. It waits for a scavenge, and a scavenge is refused meanwhile.
func (n *Node) Export(ctx context.Context, w io.Writer) error {
	if err := n.turn.wait(ctx, "exported"); err != nil {
		return err
	}
	defer n.turn.end()
	return n.store().export(ctx, n.tail.last(), w)
}

func (s *store) export(ctx context.Context, last uint64, w io.Writer) error {
	out := bufio.NewWriterSize(w, 64<<10)
	lines := json.NewEncoder(out)
	for e, err := range s.events(1, last, false) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		if err := lines.Encode(archivedFrom(e)); err != nil {
			return fmt.Errorf("export the event at %d: %w", e.Position, err)
		}
	}
	for it, err := range s.scan([]byte{nameKeys}, []byte{nameKeys + 1}, false) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		cut, ok, err := s.cut(it.Key()[1:], it.Value())
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if err := lines.Encode(cut); err != nil {
			return fmt.Errorf("export how far %q was scavenged: %w", cut.Stream, err)
		}
	}
	return out.Flush()
}

// cut says how far a stream was scavenged, if its last event was. One that was ended for
// ever has no use for its numbering.
func (s *store) cut(stream, value []byte) (cut, bool, error) {
	if len(value) <= 8 {
		return cut{}, false, nil
	}
	c := cut{binary.BigEndian.Uint64(value), text(stream), int64(lastNumber(value)), true}
	for _, err := range s.index(c.Position, c.Revision, tombstone, true) {
		return cut{}, false, err
	}
	return c, true, nil
}
