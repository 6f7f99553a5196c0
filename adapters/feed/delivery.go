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
}

// run gathers and delivers until ctx is over.
func (d *delivery) run(ctx context.Context, out outlet) {
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
		if frame == nil || !out.deliver(ctx, paged(frame, end)) {
			return
		}
	}
}

// paged is the message that carries a page.
func paged(page Frame, end domain.Position) *message.Message {
	id := strconv.FormatUint(uint64(end), 10)
	m := message.NewMessage(id, message.Payload(page))
	m.Metadata.Set(Position, id)
	return m
}

// begin is where the follower goes on. It asks until it is told, or ctx is over.
func (d *delivery) begin(ctx context.Context) (domain.Position, error) {
	level := slog.LevelWarn
	for wait := patient(); ; level = slog.LevelDebug {
		at, err := d.checkpoint(ctx, d.follower)
		if err == nil {
			return at, nil
		}
		d.log.Log(ctx, level, "the follower's checkpoint is not known", "error", err)
		if err := wait.rest(ctx); err != nil {
			return 0, err
		}
	}
}

// gather subscribes to the journal, and again after the last event that arrived
// whenever the subscription is lost.
func (d *delivery) gather(ctx context.Context, g *gathering) {
	persist(ctx, d.log, func() (brought bool, err error) {
		at := g.again()
		err = d.journal.Subscribe(ctx, at, func(e *esdb.SubscriptionEvent) { g.arrived(ctx, e) })
		return g.again() > at, err
	})
}

// persist subscribes again and again until ctx is over and tells of the first failure in a row.
func persist(ctx context.Context, log *slog.Logger, subscribe func() (brought bool, err error)) {
	level := slog.LevelWarn
	for wait := patient(); ; level = slog.LevelDebug {
		brought, err := subscribe()
		if ctx.Err() != nil {
			return
		}
		if brought {
			wait, level = patient(), slog.LevelWarn
		}
		log.Log(ctx, level, "the subscription was lost", "error", err)
		if wait.rest(ctx) != nil {
			return
		}
	}
}
