package feed_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

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

// When the journal is back after a time of vain attempts, a subscription is there again
// within a moment.
func TestResubscription(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(seeded(t), 0))
	dir := t.TempDir()
	node := start(t, dir)
	proxy := between(t, node)
	j := tried{dial(t, proxy.Target()), make(chan struct{})}
	sub := &feed.Subscriber{Journal: j, Checkpoint: fromTheStart, Log: quiet}
	defer sub.Close()
	pages, err := sub.Subscribe(t.Context(), "contacts")
	if err != nil {
		t.Fatal(err)
	}
	var took []time.Duration
	for n := range uint64(rounds(5, 50)) {
		back := time.Now()
		at := add(t, eventstore.NewJournal(dial(t, node.Target()), codec), "contact-lab.ada", n, named("Ada"))
		for end := domain.Position(0); end < at; {
			select {
			case <-j.ended:
			case m := <-pages:
				_, end = open(t, m)
				m.Ack()
			}
		}
		took = append(took, time.Since(back))
		if err := node.Close(); err != nil {
			t.Fatal(err)
		}
		for range 1 + dice.IntN(7) {
			<-j.ended
		}
		node = start(t, dir)
		proxy.Lead(node.Target())
	}
	slices.Sort(took)
	t.Logf("told of what happened after %d restarts within %s in the median, %s at most", len(took), took[len(took)/2], took[len(took)-1])
	if took[len(took)-1] > 5*time.Second {
		t.Errorf("it took %s", took[len(took)-1])
	}
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
