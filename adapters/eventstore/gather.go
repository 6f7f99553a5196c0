package eventstore

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

const (
	// chunk is how many events are handed over at a time by the one who reads ahead, and
	// heavy the bytes in them from which on they are fewer.
	chunk = 1024
	heavy = 4 << 20
)

// lot is what was read of the journal up to a position.
type lot struct {
	events []*esdb.RecordedEvent
	to     domain.Position
}

// loading is a lot that is put together for others.
type loading struct {
	ctx     context.Context
	arrived chan<- lot
	events  []*esdb.RecordedEvent
	bytes   int
}

// add adds an event, and sends the lot when it is full. It reports whether there is to be
// more.
func (l *loading) add(e *esdb.RecordedEvent) bool {
	if l.events == nil {
		l.events = make([]*esdb.RecordedEvent, 0, chunk)
	}
	l.events, l.bytes = append(l.events, e), l.bytes+len(e.Data)+len(e.UserMetadata)
	return len(l.events) < chunk && l.bytes < heavy || l.send(domain.Position(e.Position.Commit))
}

// send sends what there is up to a position.
func (l *loading) send(to domain.Position) bool {
	select {
	case l.arrived <- lot{l.events, to}:
		l.events, l.bytes = nil, 0
		return true
	case <-l.ctx.Done():
		return false
	}
}

// gather yields what somebody reads ahead of it, as it reads now, and reports whether there
// is to be more.
func (j *Journal) gather(
	ctx context.Context, w *weaving, yield func(domain.Recorded, error) bool, ahead func(context.Context, chan<- lot) error,
) (more bool) {
	reading, cancel := context.WithCancel(ctx)
	arrived, done := make(chan lot, 2), make(chan error, 1)
	defer func() { // whoever reads ahead is gone when gather returns
		cancel()
		for range arrived {
		}
	}()
	go func() {
		defer close(arrived)
		done <- ahead(reading, arrived)
	}()
	decode := decoder{codec: j.codec}
	each := func(e *esdb.RecordedEvent) bool { return yield(decode.recorded(e)) }
	for l := range arrived {
		if more, err := w.take(reading, l, each); err != nil {
			yield(domain.Recorded{}, cause(ctx, err))
			return false
		} else if !more {
			return false
		}
	}
	if err := <-done; err != nil {
		yield(domain.Recorded{}, err)
		return false
	}
	return true
}

// take passes on a lot.
func (w *weaving) take(ctx context.Context, l lot, each func(*esdb.RecordedEvent) bool) (more bool, err error) {
	if err := w.look(ctx); err != nil {
		return false, err
	}
	for _, e := range l.events {
		if more, err := w.pass(ctx, e, each); err != nil || !more {
			return more, err
		}
	}
	return w.upTo(ctx, l.to, each)
}
