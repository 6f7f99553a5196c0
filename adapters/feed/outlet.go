package feed

import (
	"context"

	"github.com/ThreeDotsLabs/watermill/message"
)

// outlet is where the messages of a subscription come out.
type outlet chan *message.Message

// deliver hands out copies of a message until one is acknowledged. It returns false
// when ctx is over.
func (o outlet) deliver(ctx context.Context, m *message.Message) bool {
	for wait := brisk(); ctx.Err() == nil; wait.rest(ctx) {
		if o.hand(ctx, m.Copy()) {
			return true
		}
	}
	return false
}

// hand hands a message out, and reports whether it was acknowledged.
func (o outlet) hand(ctx context.Context, m *message.Message) (acked bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m.SetContext(ctx)
	select {
	case o <- m:
	case <-ctx.Done():
		return false
	}
	select {
	case <-m.Acked():
		return true
	case <-m.Nacked():
	case <-ctx.Done():
	}
	return false
}
