package eventstore

import (
	"container/heap"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// weaving is a reading of many streams in the order of the journal, in which what was
// redacted is told at its place. Events of redacted streams can leave the store while it
// is under way. So it looks at the index after it has received events, and before it
// passes them on: what is not among them is in the index by then.
//
// A journal without redactions costs it that look.
type weaving struct {
	conn    *Connection
	among   func(stream string) bool // those that are read; nil: all
	at      domain.Position          // up to which everything was passed on
	known   *standing
	waiting strands
}

func (c *Connection) weave(after domain.Position, prefixes ...string) *weaving {
	w := &weaving{conn: c, at: after, known: nothing}
	if len(prefixes) > 0 {
		w.among = func(stream string) bool {
			return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(stream, p) })
		}
	}
	return w
}

// look takes in what was redacted up to now.
func (w *weaving) look(ctx context.Context) error {
	now, err := w.conn.look(ctx)
	if err != nil || now == w.known {
		return err
	}
	w.known = now
	before := map[string]*strand{}
	for _, s := range w.waiting {
		before[s.Kept] = s
	}
	w.waiting = w.waiting[:0]
	for stream, r := range now.inForce {
		switch s := before[r.Kept]; {
		case s != nil: // perhaps further on
			s.redaction = r
			w.waiting = append(w.waiting, s)
		case r.Last > w.at && !w.conn.kept.lost(r.Kept) && (w.among == nil || w.among(stream)):
			w.waiting = append(w.waiting, &strand{redaction: r, at: max(r.First, w.at+1)})
		}
	}
	heap.Init(&w.waiting)
	return nil
}

// pass passes on one event that was received, as it reads now, and before it what is told
// of redacted streams before it. What the journal keeps for itself it passes over.
func (w *weaving) pass(ctx context.Context, e *esdb.RecordedEvent, each func(*esdb.RecordedEvent) bool) (more bool, err error) {
	if more, err = w.upTo(ctx, domain.Position(e.Position.Commit), each); err != nil || !more {
		return more, err
	}
	return aside(e.StreamID) || w.known.covers(e) || each(e), nil
}

// upTo passes on what is told of redacted streams up to a position, until each returns
// false.
func (w *weaving) upTo(ctx context.Context, to domain.Position, each func(*esdb.RecordedEvent) bool) (more bool, err error) {
	for len(w.waiting) > 0 && w.waiting[0].at <= to {
		s := w.waiting[0]
		if len(s.page) == 0 {
			if err := w.turn(ctx, s); err != nil {
				return false, err
			}
			continue
		}
		e := s.page[0]
		w.at, s.page = s.at, s.page[1:]
		w.moved(s)
		if !each(e) {
			return false, nil
		}
	}
	w.at = max(w.at, to)
	return true, nil
}

// turn reads the next page of a strand, or takes away one that is at its end.
func (w *weaving) turn(ctx context.Context, s *strand) error {
	err := s.turn(ctx, w.conn, w.at)
	if errors.Is(err, ErrDeleted) {
		was := s.Kept
		if err := w.look(ctx); err != nil {
			return err
		}
		if w.known.inForce[s.Stream].Kept != was {
			return nil // it was redacted anew, and another one is in its place
		}
		w.conn.kept.lose(was)
		w.waiting = slices.DeleteFunc(w.waiting, func(other *strand) bool { return other == s })
		heap.Init(&w.waiting)
		return nil
	}
	if err == nil {
		w.moved(s)
	}
	return err
}

// moved puts a strand, the first one, where it belongs now.
func (w *weaving) moved(s *strand) {
	switch {
	case len(s.page) > 0:
		s.at = domain.Position(s.page[0].Position.Commit)
	case s.next < s.length():
		s.at++
	default:
		heap.Pop(&w.waiting)
		return
	}
	heap.Fix(&w.waiting, 0)
}
