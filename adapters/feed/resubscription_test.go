package feed_test

import (
	"context"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/ThreeDotsLabs/watermill/message"

	"skein/adapters/eventstore"
	"skein/adapters/feed"
	"skein/domain"
)

// tried is a journal that tells of each subscription that has ended.
type tried struct {
	feed.Journal
	ended chan struct{}
}

func (j tried) Subscribe(ctx context.Context, after domain.Position, arrived func(*esdb.SubscriptionEvent)) error {
	err := j.Journal.Subscribe(ctx, after, arrived)
	select {
	case j.ended <- struct{}{}:
	case <-ctx.Done():
	}
	return err
}

// When the journal is back after a time of vain attempts, subscriptions are there again
// within a moment, go on where they were, and miss nothing and are told nothing twice.
func TestResubscription(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(seeded(t), 0))
	dir := t.TempDir()
	node := start(t, dir)
	proxy := between(t, node)
	const s = domain.Stream("contact-lab.ada")
	followers := make([]*patient, 4)
	for i := range followers {
		followers[i] = begin(t, dial(t, proxy.Target()), strconv.Itoa(i))
	}
	var took []time.Duration
	var want uint32
	for n := range uint64(rounds(4, 50)) {
		back := time.Now()
		at := add(t, eventstore.NewJournal(dial(t, node.Target()), codec), s, n, named("Ada"))
		want = sum(want, feed.Line{Stream: s, Revision: n, Position: at})
		for i, f := range followers {
			if f.take(t, at); f.told != want {
				t.Fatalf("subscriber %d was told of something else up to %d", i, at)
			}
			took = append(took, time.Since(back))
		}
		if err := node.Close(); err != nil {
			t.Fatal(err)
		}
		var away sync.WaitGroup
		for _, f := range followers {
			tries := 1 + dice.IntN(7)
			away.Go(func() {
				for range tries {
					<-f.ended
				}
			})
		}
		away.Wait()
		node = start(t, dir)
		proxy.Lead(node.Target())
	}
	slices.Sort(took)
	median, worst := took[len(took)/2], took[len(took)-1]
	t.Logf("told of what happened after %d restarts within %s in the median, %s at most", rounds(4, 50), median, worst)
	if median > time.Second || worst > 5*time.Second {
		t.Errorf("it took %s in the median, %s at most", median, worst)
	}
}

// patient is a subscription that outlives restarts, and the checksum of what it was told.
type patient struct {
	tried
	pages <-chan *message.Message
	told  uint32
}

func begin(t *testing.T, journal feed.Journal, name string) *patient {
	t.Helper()
	f := &patient{tried: tried{journal, make(chan struct{})}}
	sub := &feed.Subscriber{Journal: f.tried, Checkpoint: fromTheStart, Log: quiet}
	t.Cleanup(func() { sub.Close() })
	pages, err := sub.Subscribe(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	f.pages = pages
	return f
}

// take takes pages up to a position, however often the subscription ends meanwhile.
func (f *patient) take(t *testing.T, at domain.Position) {
	t.Helper()
	for end := domain.Position(0); end < at; {
		select {
		case <-f.ended:
		case m := <-f.pages:
			var lines []feed.Line
			lines, end = open(t, m)
			m.Ack()
			for _, l := range lines {
				f.told = sum(f.told, l)
			}
		}
	}
}

// sum is the checksum of events, of which the last is l.
func sum(before uint32, l feed.Line) uint32 {
	return crc32.Update(before, crc32.IEEETable, fmt.Appendln(nil, l.Stream, l.Revision, l.Position))
}

// A connection that brings nothing any more, and does not fail, is noticed.
func TestDeafSubscription(t *testing.T) {
	t.Parallel()
	node := start(t, t.TempDir())
	proxy := between(t, node)
	j := eventstore.NewJournal(dial(t, node.Target()), codec)
	sub := &feed.Subscriber{Journal: dial(t, proxy.Target()), Checkpoint: fromTheStart, Log: quiet}
	defer sub.Close()
	pages, err := sub.Subscribe(t.Context(), "contacts")
	if err != nil {
		t.Fatal(err)
	}
	add(t, j, "contact-lab.ada", 0, named("Ada"))
	page(t, pages)
	proxy.Deafen()
	began := time.Now()
	add(t, j, "contact-lab.ada", 1, named("Countess"))
	select {
	case m := <-pages:
		m.Ack()
		t.Logf("noticed after %s", time.Since(began))
	case <-time.After(30 * time.Second):
		t.Error("nobody noticed")
	}
}
