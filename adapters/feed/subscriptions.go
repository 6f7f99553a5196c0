package feed

import (
	"context"
	"errors"
	"sync"

	"github.com/ThreeDotsLabs/watermill/message"
)

// subscriptions are those that a subscriber has under way.
type subscriptions struct {
	mu     sync.Mutex
	closed bool
	ends   map[outlet]context.CancelFunc
	wait   sync.WaitGroup
}

// errClosed is returned to those who subscribe too late.
var errClosed = errors.New("the subscriber is closed")

// begin has run bring messages until ctx is over or the subscriber is closed.
func (s *subscriptions) begin(ctx context.Context, run func(context.Context, outlet)) (<-chan *message.Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	out := make(outlet)
	ctx, cancel := context.WithCancel(ctx)
	if s.ends == nil {
		s.ends = map[outlet]context.CancelFunc{}
	}
	s.ends[out] = cancel
	s.wait.Go(func() {
		defer close(out)
		run(ctx, out)
		s.mu.Lock()
		defer s.mu.Unlock()
		cancel()
		delete(s.ends, out)
	})
	return out, nil
}

// close returns when all subscriptions have ended.
func (s *subscriptions) close() {
	s.mu.Lock()
	s.closed = true
	for _, end := range s.ends {
		end()
	}
	s.mu.Unlock()
	s.wait.Wait()
}
