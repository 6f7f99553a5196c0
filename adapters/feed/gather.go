package feed

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

const (
	// pageEvents and pageBytes bound a page, the latter by the last event in it.
	pageEvents = 512
	pageBytes  = 1 << 20

	// lull is how long nothing arrives until a backlog is taken to be over. Old
	// servers do not tell.
	lull = 250 * time.Millisecond
)

// gathering is the page that is being put together while the one before it is being
// followed.
type gathering struct {
	most int // events of a page

	mu       sync.Mutex
	frame    Frame
	events   int
	arrivals int             // events of the page and the journal's own among them
	end      domain.Position // of all that has arrived
	live     bool            // whether the backlog is over

	worth chan struct{} // told when the page is worth a look
	taken chan struct{} // told when the page was taken
}

func gatherAfter(at domain.Position, most int) *gathering {
	return &gathering{most: most, end: at, frame: blank(head), worth: make(chan struct{}, 1), taken: make(chan struct{}, 1)}
}

// again is where a subscription goes on, in which there may be a backlog.
func (g *gathering) again() domain.Position {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.live = false
	return g.end
}

// arrived adds what the journal brings. It waits for a full page to be taken.
func (g *gathering) arrived(ctx context.Context, e *esdb.SubscriptionEvent) {
	for !g.add(e) {
		select {
		case <-g.taken:
		case <-ctx.Done():
			return
		}
	}
}

func (g *gathering) add(e *esdb.SubscriptionEvent) (added bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.full():
		return false
	case e.CaughtUp != nil:
		g.live = true
	case e.FellBehind != nil:
		g.live = false
	case e.EventAppeared != nil:
		if r := e.EventAppeared.OriginalEvent(); r != nil {
			g.line(r)
		}
	}
	if g.arrivals == 1 || g.live || g.full() {
		tell(g.worth)
	}
	return true
}

// line adds an event. Of the journal's own events only the position counts.
func (g *gathering) line(r *esdb.RecordedEvent) {
	g.end = domain.Position(r.Position.Commit)
	g.arrivals++
	if strings.HasPrefix(r.StreamID, "$") || strings.HasPrefix(r.EventType, "$") {
		return
	}
	g.events++
	g.frame = g.frame.with(Line{
		Stream: domain.Stream(r.StreamID), Kind: r.EventType, Data: r.Data, Metadata: r.UserMetadata,
		Revision: r.EventNumber, Position: g.end, At: r.CreatedDate,
	})
}

// full also counts the journal's own events, a little, lest a long row of them hold
// the position back.
func (g *gathering) full() bool {
	return g.events >= g.most || len(g.frame) >= pageBytes || g.arrivals >= 16*g.most
}

// take returns the next page as soon as it is full, or something has arrived and
// there is no backlog. It returns nil when ctx is over.
func (g *gathering) take(ctx context.Context) (Frame, domain.Position) {
	for before := 0; ; {
		frame, end, arrivals := g.cut(before)
		if frame != nil {
			return frame, end
		}
		var quiet <-chan time.Time
		if arrivals > 0 {
			quiet = time.After(lull)
		}
		select {
		case <-g.worth:
		case <-quiet:
			before = arrivals
		case <-ctx.Done():
			return nil, 0
		}
	}
}

// cut returns the page if it is to go out, and how much of it has arrived otherwise.
// When that is no more than before, the backlog is over.
func (g *gathering) cut(before int) (frame Frame, end domain.Position, arrivals int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.arrivals == 0 {
		return nil, 0, 0
	}
	g.live = g.live || g.arrivals == before
	if !g.live && !g.full() {
		return nil, 0, g.arrivals
	}
	frame = g.frame.ending(g.end)
	g.frame, g.events, g.arrivals = blank(len(frame)), 0, 0
	tell(g.taken)
	return frame, g.end, 0
}

// tell leaves word for who is listening, or will be.
func tell(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
