package feed

import (
	"errors"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/message/router/middleware"
)

// attempts is how often a page is tried that fails by an event's own fault.
const attempts = 3

// park is the middleware that parks the events that cannot be followed. Failures that
// pass it leaves to the one that tries again.
func (s *seat) park(follow message.HandlerFunc) message.HandlerFunc {
	return func(m *message.Message) ([]*message.Message, error) {
		for attempt := 1; ; attempt++ {
			_, err := follow(m)
			switch {
			case err == nil || m.Context().Err() != nil:
				return nil, err
			case !s.poisonous(err):
				s.counts.failures.Inc()
				s.log.Warn("a page could not be followed and is tried again", "position", m.UUID, "error", err)
				return nil, err
			}
			s.counts.failures.Inc()
			if attempt == attempts {
				return nil, s.single(m, follow)
			}
		}
	}
}

// single has the page followed event by event, and those parked that cannot be.
func (s *seat) single(m *message.Message, follow message.HandlerFunc) error {
	frame := Frame(m.Payload)
	for l, err := range frame.Lines() {
		if err != nil {
			return err
		}
		if !s.follower.Concerns(l.Stream) {
			continue
		}
		_, reason := follow(message.NewMessageWithContext(m.Context(), m.UUID, message.Payload(Marshal(l.Position, l))))
		switch {
		case reason == nil:
			continue
		case m.Context().Err() != nil || !s.poisonous(reason):
			return reason
		}
		if err := s.Park(m.Context(), s.name, l, reason); err != nil {
			return err
		}
		s.counts.parked.Inc()
		s.log.Error("an event could not be followed and was parked",
			"stream", l.Stream, "revision", l.Revision, "position", l.Position, "kind", l.Kind)
	}
	end, err := frame.End()
	if err != nil {
		return err
	}
	_, err = follow(message.NewMessageWithContext(m.Context(), m.UUID, message.Payload(Marshal(end))))
	return err
}

// poisonous reports whether an error is the fault of an event, which may be parked.
func (s *seat) poisonous(err error) bool {
	var panicked middleware.RecoveredPanicError
	if s.Park == nil {
		return false
	}
	return errors.Is(err, errUnreadable) || errors.As(err, &panicked) || s.Poison != nil && s.Poison(err)
}
