package eventstore

import (
	"context"
	"errors"
	"math"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/domain"
)

// Copy copies a journal from one store to another, which is empty or was filled in
// this way before: it finds by itself where to go on.
//
// Events keep their order among all, ids, types, data, metadata and revisions. A store
// gives events the time when it records them, so their first time goes along in the
// metadata as "$created" (see domain.Metadata), unless those are no JSON object.
// Descriptions of streams, deleted streams, tombstones and links come along. What a store
// keeps for itself does not: streams that begin with $ and what describes those.
//
// Copy reads the source up to where it ends at the beginning and writes with one
// append after the other, for nothing else keeps the order of all.
type Copy struct {
	From, To *Connection

	// Renumber numbers streams anew whose beginning was scavenged: stores begin every
	// stream with revision 0. Without it such a stream ends the copy with an error.
	Renumber bool

	// Follow has Copy go on with what is recorded meanwhile until ctx is over.
	Follow bool

	// AtOnce is how many events of a stream are appended together at most, 0 is 1000.
	AtOnce int

	// Progress, if given, is told how far the source was read, and where it ends.
	Progress func(at, end domain.Position)
}

// Copied is what a Copy has done. It stands beside an error, too.
type Copied struct {
	After domain.Position // where the source was taken up; 0 is its beginning
	At    domain.Position // where it was left

	Events       int // of ordinary streams
	Bytes        int64
	Streams      int // that began
	Renumbered   int // among them or continued, in other numbers than at the source
	Undated      int // events that could not be told when they were recorded first
	Descriptions int // of streams
	Tombstones   int
	Left         int // events of the source store itself, which stay there
}

var (
	// ErrDiverged is returned for a target that holds other events than the source.
	ErrDiverged = errors.New("the target holds other events than the source: copy to an empty store, or to one that was filled from this source")

	// ErrBeheaded is returned for a stream whose beginning the source has lost.
	ErrBeheaded = errors.New("a stream begins with revision 0, and its beginning is gone at the source: allow to number such streams anew")

	// ErrRedacted is returned for a source in which streams were redacted: what is told
	// of them is tied to its positions.
	ErrRedacted = errors.New("streams of the source were redacted, which cannot be copied to a store that gives positions of its own: copy the folder of the source to another folder")
)

// Run copies until the target has what the source had when it began. When it is broken
// off, by ctx or by an error, the next run goes on where it was.
func (c Copy) Run(ctx context.Context) (Copied, error) {
	r := &copying{Copy: c, shift: map[string]uint64{}}
	if r.AtOnce == 0 {
		r.AtOnce = mostAtOnce
	}
	end, err := (&Journal{conn: c.From}).End(ctx)
	if err != nil {
		return r.done, err
	}
	r.end = end
	if redacted, err := c.From.newest(ctx, index); err != nil {
		return r.done, err
	} else if redacted != nil {
		return r.done, ErrRedacted
	}
	if err := r.whence(ctx); err != nil {
		return r.done, err
	}
	r.done.After, r.done.At = r.at, r.at
	for {
		if err := r.pass(ctx); err != nil || !c.Follow {
			return r.done, err
		}
		if err := r.await(ctx); err != nil {
			return r.done, err
		}
	}
}

// copying is a Copy under way.
type copying struct {
	Copy
	end domain.Position // of the source, when it began

	at     domain.Position      // up to which the source was read
	sent   carton               // events that wait to be appended
	shift  map[string]uint64    // by how much revisions of a stream are lower at the target
	echoes map[string][]content // descriptions and ends of streams that the target has already
	back   string               // the stream that the last event, a description, brought back

	done Copied
}

// pass copies what the source has.
func (r *copying) pass(ctx context.Context) (failed error) {
	err := r.From.read(ctx, func() opening { return allFrom(r.at) }, func(e *esdb.RecordedEvent) bool {
		at := domain.Position(e.Position.Commit)
		if at <= r.at { // a reading begins with the event at its position
			return true
		}
		if !r.Follow && at > r.end {
			return false
		}
		r.at = at
		failed = r.take(ctx, e)
		return failed == nil && ctx.Err() == nil
	})
	switch {
	case failed != nil:
		return failed
	case err != nil:
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return r.flush(ctx)
}

// take copies one event, or puts it aside until there are more of its stream.
func (r *copying) take(ctx context.Context, e *esdb.RecordedEvent) error {
	back := r.back
	r.back = ""
	of, describes := strings.CutPrefix(e.StreamID, "$$")
	if describes && !strings.HasPrefix(of, "$") || tombstone(e) {
		if err := r.flush(ctx); err != nil {
			return err
		}
	}
	switch {
	case e.StreamID == index: // it was redacted just now
		return ErrRedacted
	case strings.HasPrefix(of, "$"):
		r.done.Left++
	case tombstone(e) && len(r.echoes[e.StreamID]) > 0:
	case tombstone(e):
		r.done.Tombstones++
		return (&Journal{conn: r.To}).Tombstone(ctx, domain.Stream(e.StreamID))
	case describes:
		return r.describe(ctx, e, of, back)
	default:
		return r.put(ctx, e)
	}
	return nil
}

// tombstone reports whether an event is the end of its stream for ever.
func tombstone(e *esdb.RecordedEvent) bool {
	return e.EventType == "$streamDeleted" && e.EventNumber == math.MaxInt64
}

var errNews = errors.New("there is something new")

// await returns when the source has more.
func (r *copying) await(ctx context.Context) error {
	news, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	err := r.From.Subscribe(news, r.at, func(e *esdb.SubscriptionEvent) {
		if e.EventAppeared != nil {
			stop(errNews)
		}
	})
	if errors.Is(err, errNews) {
		return nil
	}
	return r.From.rest(ctx, longestPause) // and see what a reading brings
}
