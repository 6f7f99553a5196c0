package eventstore

import (
	"context"
	"fmt"
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/commands"
)

// tie gives events that are to be appended their links, and returns the last one. They
// hold only if the stream has that length, which the append sees to.
func (j *Journal) tie(ctx context.Context, stream string, length uint64, batch []esdb.EventData) (last link, err error) {
	before, err := j.before(ctx, stream, length)
	if err != nil {
		return last, err
	}
	for i, e := range batch {
		says, _, _ := unlinked(e.Metadata)
		last = j.chain.link(before, stream, e, says)
		batch[i].Metadata, before = linked(e.Metadata, last), last[:]
	}
	return last, nil
}

// passed notes the last event that was read of a stream, if any, for the append that may
// follow.
func (j *Journal) passed(last *esdb.RecordedEvent) {
	if j.chain == nil || last == nil {
		return
	}
	if _, carried, is := unlinked(last.UserMetadata); is {
		j.chain.ends.remember(last.StreamID, end{last.EventNumber + 1, carried})
	}
}

// before is the link that the next event of a stream of a length follows; none where the
// chain begins. Whoever has just read or written the stream is not made to wait. Else its
// last event is read and, if that carries no link yet, once the whole stream.
func (j *Journal) before(ctx context.Context, stream string, length uint64) ([]byte, error) {
	if length == 0 {
		return nil, nil
	}
	if known, is := j.chain.ends.recall(stream, length); is {
		return known[:], nil
	}
	last, err := j.conn.event(ctx, stream, length-1)
	cut := false
	if err == nil && last == nil {
		cut, err = j.conn.cut(ctx, stream, length)
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("end of the chain of %s: %w", stream, err)
	case cut:
		return nil, nil // its events are hidden: the chain begins anew
	case last == nil:
		return nil, commands.ErrMovedOn // for it may come to that length before the append arrives
	}
	if _, carried, is := unlinked(last.UserMetadata); is {
		return carried[:], nil
	}
	return j.wound(ctx, stream, length)
}

// wound is the last link of a stream of a length whose events carry none, or those at
// its end do not.
func (j *Journal) wound(ctx context.Context, stream string, length uint64) (before []byte, err error) {
	next := uint64(0)
	err = j.conn.read(ctx, func() opening { return streamFrom(stream, next, math.MaxUint64) }, func(e *esdb.RecordedEvent) bool {
		if next = e.EventNumber + 1; next > length {
			return false
		}
		says, l, is := unlinked(e.UserMetadata)
		if !is {
			l = j.chain.of(before, e, says)
		}
		before = l[:]
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("chain of %s: %w", stream, err)
	}
	return before, nil
}
