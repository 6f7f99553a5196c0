package eventstore

import (
	"context"
	"fmt"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
)

const (
	// mostAtOnce is how many events are appended together at most.
	mostAtOnce = 1000

	// copyPatience is how long a copy waits for a target that is away.
	copyPatience = time.Minute
)

// carton is events of one stream that follow one another, to be appended together.
type carton struct {
	stream string
	first  uint64 // revision of the first, at the source
	events []esdb.EventData
	size   int
}

// takes reports whether another event may go with those in the carton.
func (c carton) takes(e *esdb.RecordedEvent, size, most int) bool {
	return c.stream == e.StreamID && e.EventNumber == c.first+uint64(len(c.events)) &&
		len(c.events) < most && c.size+size <= largest
}

// put puts an event into the carton, which goes off first if it does not take it.
func (r *copying) put(ctx context.Context, e *esdb.RecordedEvent) error {
	copied, dated := again(e)
	if !dated {
		r.done.Undated++
	}
	size := weight(copied)
	if !r.sent.takes(e, size, r.AtOnce) {
		if err := r.flush(ctx); err != nil {
			return err
		}
		r.sent.stream, r.sent.first = e.StreamID, e.EventNumber
	}
	r.sent.events = append(r.sent.events, copied)
	r.sent.size += size
	return nil
}

// again is an event as it is appended again, and whether that tells when it was
// recorded first.
func again(e *esdb.RecordedEvent) (copied esdb.EventData, dated bool) {
	copied = esdb.EventData{EventID: e.EventID, EventType: e.EventType, ContentType: esdb.ContentTypeBinary, Data: e.Data, Metadata: e.UserMetadata}
	if e.ContentType == "application/json" {
		copied.ContentType = esdb.ContentTypeJson
	}
	fits := copied
	copied.Metadata, dated = createdIn(e.UserMetadata, e.CreatedDate)
	if weight(copied) > largest {
		return fits, false
	}
	return copied, dated
}

// weight is what an event counts of what one append may come to.
func weight(e esdb.EventData) int { return len(e.Data) + len(e.Metadata) + 2*len(e.EventType) }

// flush appends what is in the carton.
func (r *copying) flush(ctx context.Context) error {
	for len(r.sent.events) > 0 {
		err := r.append(ctx, r.sent.stream, r.sent.first-r.shift[r.sent.stream], r.sent.events)
		if is(err, esdb.ErrorCodeWrongExpectedVersion) {
			if err := r.settle(ctx); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if r.sent.first == r.shift[r.sent.stream] {
			r.done.Streams++
		}
		r.done.Events += len(r.sent.events)
		r.done.Bytes += int64(r.sent.size)
		r.sent = carton{}
	}
	r.done.At = r.at
	if r.Progress != nil {
		r.Progress(r.at, max(r.at, r.end))
	}
	return nil
}

// append appends events to a stream of the target that has the given length.
func (r *copying) append(ctx context.Context, stream string, length uint64, events []esdb.EventData) error {
	ctx, cancel := context.WithTimeout(ctx, copyPatience)
	defer cancel()
	a := appending{stream: stream, length: length, expected: esdb.NoStream{}, batch: events}
	if length > 0 {
		a.expected = esdb.Revision(length - 1)
	}
	return a.carryOut(ctx, r.To)
}

// settle finds out why the target does not take what is in the carton: it has some of
// it already, from a run that was broken off, or its stream ends earlier because the
// source has lost events before these.
func (r *copying) settle(ctx context.Context) error {
	c := &r.sent
	landed, err := r.landed(ctx)
	if err != nil {
		return err
	}
	if landed > 0 {
		c.first, c.events = c.first+uint64(landed), c.events[landed:]
		return nil
	}
	length, last := uint64(0), uuid.Nil
	newest, err := r.To.newest(ctx, c.stream)
	if err != nil {
		return err
	}
	if newest != nil {
		length, last = newest.EventNumber+1, newest.EventID
	}
	if length >= c.first-r.shift[c.stream] {
		return fmt.Errorf("revision %d of stream %s: %w", c.first-r.shift[c.stream], c.stream, ErrDiverged)
	}
	if before, err := r.From.event(ctx, c.stream, c.first-1); err != nil {
		return err
	} else if before != nil && before.EventID != last {
		return fmt.Errorf("revision %d of stream %s: %w", length, c.stream, ErrDiverged)
	}
	if !r.Renumber {
		return fmt.Errorf("revision %d of stream %s, which has %d events at the target: %w", c.first, c.stream, length, ErrBeheaded)
	}
	return r.renumber(ctx, c.stream, c.first-length, length == 0)
}

// landed is how many of the events in the carton stand at the target already.
func (r *copying) landed(ctx context.Context) (n int, err error) {
	from := r.sent.first - r.shift[r.sent.stream]
	err = r.To.read(ctx,
		func() opening { return streamFrom(r.sent.stream, from+uint64(n), uint64(len(r.sent.events)-n)) },
		func(e *esdb.RecordedEvent) bool {
			if e.EventNumber != from+uint64(n) || e.EventID != r.sent.events[n].EventID {
				return false
			}
			n++
			return n < len(r.sent.events)
		})
	return n, err
}

// newest is the last event of a stream that shows; nil when there is none.
func (c *Connection) newest(ctx context.Context, stream string) (found *esdb.RecordedEvent, err error) {
	back := func(ctx context.Context, client *esdb.Client) (*esdb.ReadStream, error) {
		return client.ReadStream(ctx, stream, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}, 1)
	}
	err = c.read(ctx, func() opening { return back }, func(e *esdb.RecordedEvent) bool {
		found = e
		return false
	})
	return found, err
}

// event is the event of a stream with a revision; nil when it does not show.
func (c *Connection) event(ctx context.Context, stream string, revision uint64) (found *esdb.RecordedEvent, err error) {
	err = c.read(ctx, func() opening { return streamFrom(stream, revision, 1) }, func(e *esdb.RecordedEvent) bool {
		if e.EventNumber == revision {
			found = e
		}
		return false
	})
	return found, err
}
