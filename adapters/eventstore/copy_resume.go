package eventstore

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"skein/domain"
)

// remembered is how many of the target's last events are looked for at the source.
const remembered = 1000

// held is an event that the target holds.
type held struct {
	stream   string
	revision uint64
	about    bool // it describes or ends a stream
	content
}

// whence finds where to go on: behind the target's last event of an ordinary stream,
// as the source has it. The target says it all, so nothing has to be kept between two
// runs, and looking for it in the source from behind takes no longer than what is
// still to be copied.
func (r *copying) whence(ctx context.Context) error {
	tail, err := r.tail(ctx)
	if err != nil {
		return err
	}
	copied := map[name]int{} // places of events in tail
	for i := len(tail) - 1; i >= 0; i-- {
		if !tail[i].about {
			copied[name{tail[i].stream, tail[i].id}] = i
		}
	}
	last := len(tail) // the place of the one that is found
	if len(copied) > 0 {
		before := domain.Position(0)
		err := r.From.read(ctx, func() opening { return allBefore(before) }, func(e *esdb.RecordedEvent) bool {
			before = domain.Position(e.Position.Commit)
			i, known := copied[name{e.StreamID, e.EventID}]
			if known && (e.EventNumber == tail[i].revision || r.Renumber && e.EventNumber > tail[i].revision) {
				r.at, last = before, i
			}
			return last == len(tail) && ctx.Err() == nil
		})
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case last == len(tail):
			return fmt.Errorf("none of the last events of the target is found, such as revision %d of stream %s: %w",
				tail[0].revision, tail[0].stream, ErrDiverged)
		}
	}
	return r.follows(ctx, tail[:last])
}

// name tells events apart.
type name struct {
	stream string
	id     uuid.UUID
}

// follows takes in what the target holds behind the place where the copy goes on:
// descriptions and ends of streams, and events that the source has lost since.
func (r *copying) follows(ctx context.Context, rest []held) error {
	r.echoes = map[string][]content{}
	for i := len(rest) - 1; i >= 0; i-- {
		h := rest[i]
		if h.about {
			r.echoes[h.stream] = append(r.echoes[h.stream], h.content)
			continue
		}
		lost, err := r.From.lost(ctx, h.stream, h.revision)
		if err != nil {
			return err
		}
		if !lost {
			return fmt.Errorf("revision %d of stream %s: %w", h.revision, h.stream, ErrDiverged)
		}
	}
	return nil
}

// lost reports whether an event does not show any more that a store has had.
func (c *Connection) lost(ctx context.Context, stream string, revision uint64) (bool, error) {
	found, later := false, false
	err := c.read(ctx, func() opening { return streamFrom(stream, revision, 1) }, func(e *esdb.RecordedEvent) bool {
		found, later = true, e.EventNumber > revision
		return false
	})
	switch {
	case errors.Is(err, ErrDeleted):
		return true, nil
	case err != nil || found:
		return later, err
	}
	described, err := c.newest(ctx, "$$"+stream)
	return described != nil && truncation(described.Data) == gone, err
}

// tail is the last events of the target that a copy can have brought, the newest first.
func (r *copying) tail(ctx context.Context) (tail []held, err error) {
	before, ordinary := domain.Position(0), 0
	err = r.To.read(ctx, func() opening { return allBefore(before) }, func(e *esdb.RecordedEvent) bool {
		before = domain.Position(e.Position.Commit)
		of, describes := strings.CutPrefix(e.StreamID, "$$")
		if strings.HasPrefix(of, "$") {
			return ctx.Err() == nil
		}
		h := held{stream: e.StreamID, revision: e.EventNumber, about: describes || tombstone(e), content: content{id: e.EventID}}
		if h.about {
			h.data = e.Data
		} else {
			ordinary++
		}
		tail = append(tail, h)
		return ordinary < remembered && ctx.Err() == nil
	})
	if err == nil {
		err = ctx.Err()
	}
	return tail, err
}

// allBefore begins to read everything before a position backwards; 0 is the end.
func allBefore(before domain.Position) opening {
	options := esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.End{}}
	if before > 0 {
		options.From = position(before)
	}
	return func(ctx context.Context, client *esdb.Client) (*esdb.ReadStream, error) {
		return client.ReadAll(ctx, options, math.MaxUint64)
	}
}
