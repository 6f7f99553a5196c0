package feed

import (
	"cmp"
	"context"
	"log/slog"

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

	subscriptions subscriptions
}

var _ message.Subscriber = (*Subscriber)(nil)

// Subscribe implements message.Subscriber. It waits neither for the journal nor for
// the checkpoint: both are tried until they answer.
func (s *Subscriber) Subscribe(ctx context.Context, follower string) (<-chan *message.Message, error) {
	d := &delivery{
		journal: s.Journal, checkpoint: s.Checkpoint, follower: follower,
		log: s.Log.With("follower", follower), most: cmp.Or(s.PageEvents, pageEvents),
	}
	return s.subscriptions.begin(ctx, d.run)
}

// Close implements message.Subscriber. It returns when all subscriptions have ended.
func (s *Subscriber) Close() error {
	s.subscriptions.close()
	return nil
}
