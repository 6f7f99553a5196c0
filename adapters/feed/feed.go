// Package feed brings the journal to those who follow it, through Watermill.
//
// A Subscriber gathers what the journal brings into pages and hands them on one by
// one: full ones while there is a backlog, single events at once when there is none.
// A Router takes them to the followers, each at its own pace, tries again for as long
// as it takes when something is out of order, and puts aside the one event in a
// million that cannot be followed.
//
// A Publisher and a Reader are for messages of one's own, each topic in a stream.
package feed

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
	"skein/projections"
)

// A Journal is what can be subscribed to.
type Journal interface {
	// Subscribe calls arrived, one call after the other, with all that a
	// subscription to the whole journal brings: each event after a position, and
	// word of having caught up. It returns when ctx is over or the subscription is
	// lost, and says why.
	Subscribe(ctx context.Context, after domain.Position, arrived func(*esdb.SubscriptionEvent)) error
}

// A Follower takes the journal in, page by page.
type Follower interface {
	// Concerns reports whether events of the stream matter to it. It is not handed
	// those that do not.
	Concerns(s domain.Stream) bool

	// Follow takes a page in. It may be handed the same page, or the events of one
	// singly, more than once. A page without events only has a position.
	Follow(ctx context.Context, page projections.Page) error
}
