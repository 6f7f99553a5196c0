package eventnode

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// Scavenged is what a scavenge removed.
type Scavenged struct {
	Streams int // those that had something to remove
	Events  int
}

// Scavenge removes the events for good that streams do not show any more: those of
// deleted and tombstoned streams, and those beyond $tb, $maxCount and $maxAge. What
// ends or describes a stream stays, and so does its numbering. Afterwards nothing of
// those events is in a file of the node's folder. The node serves on meanwhile; a
// scavenge that was cut off is taken up by the next.
func (n *Node) Scavenge(ctx context.Context) (Scavenged, error) {
	if err := n.turn.take("scavenged"); err != nil {
		return Scavenged{}, err
	}
	defer n.turn.end()
	begun := time.Now()
	done, err := n.store().scavenge(ctx, n.tail.last(), begun)
	n.counts.scavenged.Add(float64(done.Events))
	if err != nil {
		return done, fmt.Errorf("scavenge the event store: %w", err)
	}
	n.log.Info("event node: scavenged", "streams", done.Streams, "events", done.Events, "took", time.Since(begun))
	return done, nil
}

// scavenge removes what was hidden when position upTo was written. The last event of
// all stays, for the next one gets its position from it.
func (s *store) scavenge(ctx context.Context, upTo uint64, now time.Time) (done Scavenged, err error) {
	for it, err := range s.scan([]byte{nameKeys}, []byte{nameKeys + 1}, false) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return done, err
		}
		st, err := s.stream(string(it.Key()[1:]), upTo)
		if err != nil {
			return done, err
		}
		events, err := s.scavengeStream(ctx, st, upTo, now)
		done.Events += events
		if events > 0 {
			done.Streams++
		}
		if err != nil {
			return done, err
		}
	}
	return done, s.wipe(ctx)
}

// removedAtOnce is how many events are removed with one write.
const removedAtOnce = 1000

// scavengeStream removes the hidden events of a stream, oldest first. What a power cut
// brings back of them the next scavenge removes again; wipe makes all of it last.
func (s *store) scavengeStream(ctx context.Context, st stream, upTo uint64, now time.Time) (events int, err error) {
	batch := s.db.NewBatch()
	defer func() { batch.Close() }()
	commit := func() error {
		if batch.Empty() {
			return nil
		}
		last := binary.BigEndian.AppendUint64(nil, st.number)
		last = binary.BigEndian.AppendUint64(last, uint64(st.last))
		if err := batch.Set(nameKey(st.name), last, nil); err != nil {
			return err
		}
		full := batch
		batch = s.db.NewBatch()
		return errors.Join(s.write(full), ctx.Err())
	}
	for at, err := range s.index(st.number, 0, tombstone-1, false) {
		if err != nil {
			return events, err
		}
		hidden, err := s.hidden(st, at, now)
		if err != nil {
			return events, err
		}
		if !hidden || at.position >= upTo {
			break
		}
		if err := errors.Join(
			batch.Delete(eventKey(at.position), nil),
			batch.Delete(indexKey(st.number, at.revision), nil),
		); err != nil {
			return events, err
		}
		if events++; events%removedAtOnce == 0 {
			if err := commit(); err != nil {
				return events, err
			}
		}
	}
	return events, commit()
}

// hidden says whether an event of a stream does not show and never will again.
func (s *store) hidden(st stream, at indexed, now time.Time) (bool, error) {
	if st.tombstoned || at.revision < st.lowest() {
		return true, nil
	}
	if st.keeps.maxAge == 0 {
		return false, nil
	}
	e, ok, err := s.event(st.number, at.revision, at.position)
	return ok && !st.shows(e, now), err
}

// write writes a batch, unsynced, that does not come from the writer, and closes it, which nobody
// else may do: when the disk fails, that may still be under way.
func (s *store) write(batch *pebble.Batch) error {
	return s.unlessTrouble(func() error { return errors.Join(batch.Commit(pebble.NoSync), batch.Close()) })
}
