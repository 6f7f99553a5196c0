package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain"
)

const (
	lifeSign = 15 * time.Second // after so long a silence a stream says that it lives
	stuck    = 10 * time.Second // how long one who listens may take nothing
	retry    = time.Second      // how long one who was cut off waits before they come again
)

func (a *API) streamChanges(ctx context.Context, in *struct {
	InSpace
	After domain.Position `query:"after" doc:"Only what happened after this position; 0: all"`
	Last  domain.Position `header:"Last-Event-ID" doc:"The same, of one who was cut off; the later one counts"`
},
) (*huma.StreamResponse, error) {
	after := max(in.After, in.Last)
	l, err := a.listen(ctx, in.Space, after)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(out huma.Context) {
		defer l.end()
		out.SetHeader("Content-Type", "text/event-stream")
		out.SetHeader("X-Accel-Buffering", "no") // nginx would keep what is to be sent at once
		out.SetStatus(http.StatusOK)
		s := &stream{listener: l, out: l.asked.out, conn: http.NewResponseController(l.asked.out), at: after}
		if l.asked.method != http.MethodHead {
			s.run(ctx)
		}
	}}, nil
}

// stream sends what a listener hears as server-sent events.
type stream struct {
	*listener
	out  http.ResponseWriter
	conn *http.ResponseController

	at     domain.Position // up to where the client was told
	silent domain.Position // up to where nothing else happened, of which it may not know yet
	caught bool            // it was told that it knows all there was in the beginning
	wrote  time.Time       // when it was told something last
	unsent bool            // something of that is not on its way yet
	broken error           // why it cannot be told any more
}

// run sends until the client is gone, may not listen any more, or nothing comes any more.
func (s *stream) run(ctx context.Context) {
	defer func() { _ = s.conn.SetWriteDeadline(time.Time{}) }()
	s.write("retry: %d\n\n", retry.Milliseconds())
	s.flush()
	for s.broken == nil {
		select {
		case h, more := <-s.heard:
			if !more {
				s.complain(ctx)
				return
			}
			if !s.unsent && s.sure(ctx) != nil {
				return
			}
			s.tell(h)
			if len(s.heard) == 0 {
				s.flush()
			}
		case <-s.beat.C:
			if s.sure(ctx) != nil {
				return
			}
			s.showLife()
		case <-ctx.Done():
			return
		}
	}
}

// tell tells of what was heard. That the client knows all there was is told at once,
// how far a later silence reaches at the next heartbeat.
func (s *stream) tell(h heard) {
	if h.text != nil {
		s.write("id: %d\nevent: %s\ndata: %s\n\n", h.Position, h.Kind, h.text)
		s.at = h.Position
		return
	}
	if s.silent = h.Position; !s.caught && s.current(h.Position) {
		s.caught = true
		s.tellSilence()
	}
}

func (s *stream) tellSilence() {
	s.write("id: %d\n\n", s.silent)
	s.at = s.silent
}

// showLife tells how far the silence reaches, or at least that there is one.
func (s *stream) showLife() {
	switch {
	case s.silent > s.at:
		s.tellSilence()
	case time.Since(s.wrote) >= lifeSign:
		s.write(": nothing happened\n\n")
	default:
		return
	}
	s.flush()
}

func (s *stream) write(format string, args ...any) {
	if s.broken != nil {
		return
	}
	s.wrote, s.unsent = time.Now(), true
	_ = s.conn.SetWriteDeadline(s.wrote.Add(stuck)) // not every connection has one
	_, s.broken = fmt.Fprintf(s.out, format, args...)
}

func (s *stream) flush() {
	if s.broken == nil && s.unsent {
		s.broken, s.unsent = s.conn.Flush(), false
	}
}

// complain logs why nothing comes any more, if it ought to.
func (s *stream) complain(ctx context.Context) {
	if err := s.why(); err != nil && ctx.Err() == nil {
		s.asked.log.ErrorContext(ctx, "a stream of changes broke off", "request", s.asked.id, "space", s.asked.space, "error", err)
	}
}
