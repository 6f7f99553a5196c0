package feed

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/ThreeDotsLabs/watermill/message"

	"skein/domain"
)

// Subscriber is a message.Subscriber to the journal. Its topics are the names of
// followers, each of which gets the pages of the journal from its checkpoint on: the
// next one when it has acknowledged the one before. A page that is not acknowledged
// comes again. The exported fields are set before the first use.
type Subscriber struct {
	Journal    Journal
	Checkpoint func(ctx context.Context, follower string) (domain.Position, error)
	Log        *slog.Logger
	PageEvents int // events of a page at most; 0 is 512

	mu         sync.Mutex
	closed     bool
	deliveries sync.WaitGroup
	ends       map[*delivery]context.CancelFunc
}

var _ message.Subscriber = (*Subscriber)(nil)

// errClosed is returned to those who subscribe too late.
var errClosed = errors.New("the subscriber is closed")

// Subscribe implements message.Subscriber. It waits neither for the journal nor for
// the checkpoint: both are tried until they answer.
func (s *Subscriber) Subscribe(ctx context.Context, follower string) (<-chan *message.Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	d := &delivery{
		journal: s.Journal, checkpoint: s.Checkpoint, follower: follower,
		log: s.Log.With("follower", follower), most: cmp.Or(s.PageEvents, pageEvents),
		out: make(chan *message.Message),
	}
	ctx, cancel := context.WithCancel(ctx)
	if s.ends == nil {
		s.ends = map[*delivery]context.CancelFunc{}
	}
	s.ends[d] = cancel
	s.deliveries.Go(func() {
		d.run(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		cancel()
		delete(s.ends, d)
	})
	return d.out, nil
}

// Close implements message.Subscriber. It returns when all subscriptions have ended.
func (s *Subscriber) Close() error {
	s.mu.Lock()
	s.closed = true
	for _, end := range s.ends {
		end()
	}
	s.mu.Unlock()
	s.deliveries.Wait()
	return nil
}
