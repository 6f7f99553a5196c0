package feed

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/message/router/middleware"
	"github.com/prometheus/client_golang/prometheus"

	"skein/domain"
)

// Routing is who follows the journal, and how.
type Routing struct {
	Subscriber message.Subscriber  // brings the pages: a Subscriber
	Codec      domain.Codec        // reads the events
	Followers  map[string]Follower // by their names
	Log        *slog.Logger
	Metrics    prometheus.Registerer // nil when nobody counts

	// Poison reports whether an error of a follower is the event's own fault, so
	// that trying again is of no use. All others are taken to pass. It is not asked
	// about events that cannot be read nor about panics: they are.
	Poison func(error) bool

	// Park, unless it is nil, puts aside an event that a follower cannot follow, with the reason, so
	// that the follower can pass over it. It may be handed the same event more than
	// once. What is not put aside is not passed over.
	Park func(ctx context.Context, follower string, event Line, reason error) error
}

// Router hands the pages of the journal to the followers, each under its name and at
// its own pace. A page that cannot be followed for a reason that passes is tried
// again for ever, at growing intervals of at most ten seconds.
func Router(r Routing) (*message.Router, error) {
	log := watermill.NewSlogLoggerWithLevelMapping(r.Log, map[slog.Level]slog.Level{slog.LevelInfo: slog.LevelDebug})
	router, err := message.NewRouter(message.RouterConfig{}, log)
	if err != nil {
		return nil, fmt.Errorf("router of the feed: %w", err)
	}
	router.AddMiddleware(middleware.Retry{
		MaxRetries:          -1, // for ever
		InitialInterval:     50 * time.Millisecond,
		MaxInterval:         10 * time.Second,
		Multiplier:          2,
		RandomizationFactor: 0.5,
	}.Middleware)
	for _, name := range slices.Sorted(maps.Keys(r.Followers)) {
		s := &seat{Routing: r, name: name, follower: r.Followers[name], log: r.Log.With("follower", name)}
		if s.counts, err = countsOf(name, r.Metrics); err != nil {
			return nil, fmt.Errorf("metrics of follower %s: %w", name, err)
		}
		h := router.AddConsumerHandler(name, name, r.Subscriber, s.follow)
		h.AddMiddleware(s.park, middleware.Recoverer)
	}
	return router, nil
}
