package eventnode

import (
	"context"
	"encoding/binary"
	"fmt"
)

// Report is what Verify found.
type Report struct {
	Events   int
	Streams  int
	Bytes    int64    // of the records of the events
	Position uint64   // of the last event
	Problems []string // what is wrong, at most a hundred things
}

func (r *Report) add(format string, args ...any) {
	if len(r.Problems) < 100 {
		r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
	}
}

// Verify reads everything in the store up to the event that is now the last: its
// checksums, the order of the events, and whether each is found by its stream. It waits
// for a scavenge, and a scavenge is refused meanwhile.
func (n *Node) Verify(ctx context.Context) (Report, error) {
	if err := n.turn.wait(ctx, "verified"); err != nil {
		return Report{}, err
	}
	defer n.turn.end()
	return n.store().verify(ctx, n.tail.last())
}

func (s *store) verify(ctx context.Context, last uint64) (Report, error) {
	var r Report
	if err := s.db.CheckLevels(nil); err != nil {
		r.add("the tables: %v", err)
	}
	numbers, revisions := map[string]uint64{}, map[string]int64{}
	for e, err := range s.events(0, last, false) {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		if err != nil {
			r.add("after %d events: %v", r.Events, err)
			break
		}
		if before, ok := revisions[e.Stream]; ok && e.Revision <= before {
			r.add("the event at %d is %d@%s, but %d came before", e.Position, e.Revision, e.Stream, before)
		}
		revisions[e.Stream] = e.Revision
		if err := s.verifyEvent(e, numbers); err != nil {
			r.add("%v", err)
		}
		r.Events, r.Position = r.Events+1, e.Position
		r.Bytes += int64(e.recordSize())
	}
	r.Streams = len(numbers)
	owners, err := s.owners(ctx, &r)
	if err != nil {
		return r, err
	}
	entries := 0
	for it, err := range s.scan([]byte{indexKeys}, []byte{indexKeys + 1}, false) {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		var at []byte
		if err == nil {
			at, err = it.ValueAndErr()
		}
		if err != nil {
			r.add("the index after %d entries: %v", entries, err)
			break
		}
		if binary.BigEndian.Uint64(at) > last {
			continue
		}
		entries++
		if number := binary.BigEndian.Uint64(it.Key()[1:]); owners[number] == "" {
			r.add("the index has the event at %d for a stream of the number %d, which there is not", binary.BigEndian.Uint64(at), number)
		}
	}
	if entries != r.Events {
		r.add("the index has %d entries for %d events", entries, r.Events)
	}
	return r, nil
}

// owners are the names of streams by their numbers, each of which is that of one stream.
func (s *store) owners(ctx context.Context, r *Report) (map[uint64]string, error) {
	names := map[uint64]string{}
	for it, err := range s.scan([]byte{nameKeys}, []byte{nameKeys + 1}, false) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var value []byte
		if err == nil {
			value, err = it.ValueAndErr()
		}
		if err != nil {
			r.add("the names after %d streams: %v", len(names), err)
			return names, nil
		}
		number, name := binary.BigEndian.Uint64(value), string(it.Key()[1:])
		if other, taken := names[number]; taken {
			r.add("the streams %q and %q have the same number %d", other, name, number)
		}
		names[number] = name
	}
	return names, nil
}

// verifyEvent looks an event up as a reader of its stream does. It remembers the numbers
// of streams.
func (s *store) verifyEvent(e event, numbers map[string]uint64) error {
	number, known := numbers[e.Stream]
	if !known {
		if _, err := s.get(nameKey(e.Stream), func(value []byte) { number = binary.BigEndian.Uint64(value) }); err != nil {
			return fmt.Errorf("the stream %q: %w", e.Stream, err)
		}
		numbers[e.Stream] = number
	}
	position := uint64(0)
	_, err := s.get(indexKey(number, e.Revision), func(value []byte) { position = binary.BigEndian.Uint64(value) })
	if err != nil {
		return fmt.Errorf("the index of %q: %w", e.Stream, err)
	}
	if position != e.Position {
		return fmt.Errorf("the event at %d is not found as %d@%s", e.Position, e.Revision, e.Stream)
	}
	return nil
}
