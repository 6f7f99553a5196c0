package feed

import (
	"context"
	"log/slog"
	"strconv"
	"sync"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/ThreeDotsLabs/watermill/message"

	"skein/domain"
)

// Position is the key in the metadata of a message under which the position of the
// page's end stands in decimals.
const Position = "position"

// delivery brings one follower its pages.
type delivery struct {
	journal    Journal
	checkpoint func(context.Context, string) (domain.Position, error)
	follower   string
	log        *slog.Logger
	most       int
	out        chan *message.Message
}

// run gathers and delivers until ctx is over.
func (d *delivery) run(ctx context.Context) {
	defer close(d.out)
	at, err := d.begin(ctx)
	if err != nil {
		return
	}
	g := gatherAfter(at, d.most)
	var gathering sync.WaitGroup
	gathering.Go(func() { d.gather(ctx, g) })
	defer gathering.Wait()
	for {
		frame, end := g.take(ctx)
		if frame == nil || !d.deliver(ctx, frame, end) {
			return
		}
	}
}

// begin is where the follower goes on. It asks until it is told, or ctx is over.
func (d *delivery) begin(ctx context.Context) (domain.Position, error) {
	for wait := patient(); ; {
		at, err := d.checkpoint(ctx, d.follower)
		if err == nil {
			return at, nil
		}
		d.log.Warn("the follower's checkpoint is not known", "error", err)
		if err := wait.rest(ctx); err != nil {
			return 0, err
		}
	}
}

// gather subscribes to the journal, and again after the last event that arrived
// whenever the subscription is lost.
func (d *delivery) gather(ctx context.Context, g *gathering) {
	for wait := patient(); ; {
		at := g.again()
		err := d.journal.Subscribe(ctx, at, func(e *esdb.SubscriptionEvent) { g.arrived(ctx, e) })
		if ctx.Err() != nil {
			return
		}
		if g.again() > at {
			wait = patient()
		}
		d.log.Warn("the subscription was lost", "error", err)
		if wait.rest(ctx) != nil {
			return
		}
	}
}

// deliver hands a page out until it is acknowledged. It returns false when ctx is over.
func (d *delivery) deliver(ctx context.Context, page Frame, end domain.Position) bool {
	for wait := brisk(); ; {
		if acked := d.hand(ctx, page, end); acked || ctx.Err() != nil {
			return acked
		}
		if wait.rest(ctx) != nil {
			return false
		}
	}
}

// hand hands a page out once, and reports whether it was acknowledged.
func (d *delivery) hand(ctx context.Context, page Frame, end domain.Position) (acked bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	id := strconv.FormatUint(uint64(end), 10)
	m := message.NewMessageWithContext(ctx, id, message.Payload(page))
	m.Metadata.Set(Position, id)
	select {
	case d.out <- m:
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
