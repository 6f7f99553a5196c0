package feed_test

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"skein/adapters/eventstore"
	"skein/adapters/eventstore/outage"
	"skein/adapters/feed"
	"skein/domain"
)

// seeded is where chance comes from, told so that it can come again.
func seeded(t testing.TB) uint64 {
	seed := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("SKEIN_SEED"), 10, 64); err == nil {
		seed = s
	}
	t.Logf("SKEIN_SEED=%d", seed)
	return seed
}

// rounds is how often to do something.
func rounds(short, long int) int {
	if os.Getenv("SKEIN_LONG") != "" {
		return long
	}
	return short
}

// Followers see every event once, in order, whatever happens between them and the
// journal and however often they fail, when they leave out what their checkpoint says
// that they have.
func TestChaos(t *testing.T) {
	t.Parallel()
	seed := seeded(t)
	dir := t.TempDir()
	node := start(t, dir)
	proxy := between(t, node)
	over, cancel := context.WithCancel(t.Context())
	defer cancel()

	var writing, following sync.WaitGroup
	for w := range 4 {
		j := eventstore.NewJournal(dial(t, proxy.Target()), codec)
		writing.Go(func() { write(over, j, domain.StreamOf("contact", "chaos", strconv.Itoa(w))) })
	}
	followers := make([]*forgetful, 3)
	conn := dial(t, proxy.Target())
	for i := range followers {
		followers[i] = &forgetful{dice: rand.New(rand.NewPCG(seed, uint64(i))), behind: &atomic.Uint64{}}
		following.Go(func() { followers[i].follow(t, conn) })
	}
	restarts := 0
	storm := outage.Storm{
		Proxy: proxy, Dice: rand.New(rand.NewPCG(seed, 99)), Calm: 200 * time.Millisecond, Longest: 400 * time.Millisecond,
		Restart: func() {
			node = restart(t, node, dir, proxy)
			if restarts++; restarts == rounds(5, 50) {
				cancel()
			}
		},
	}
	t.Log(storm.Rage(over))
	writing.Wait()

	var want []domain.Position
	for r, err := range eventstore.NewJournal(dial(t, node.Target()), codec).All(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, r.Position)
	}
	for _, f := range followers {
		f.behind.Store(uint64(want[len(want)-1]))
	}
	following.Wait()
	for i, f := range followers {
		if !slices.Equal(f.seen, want) {
			t.Errorf("follower %d saw %d events, want %d", i, len(f.seen), len(want))
		}
		t.Logf("follower %d saw %d events once, and was told of %d again, in %d subscriptions", i, len(f.seen), f.again, f.subscriptions)
	}
}

// write appends to a stream until it is over.
func write(over context.Context, j *eventstore.Journal, s domain.Stream) {
	length := uint64(0)
	for over.Err() == nil {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		if _, err := j.Append(ctx, s, length, by, named("Ada"), named("Countess")); err == nil {
			length += 2
		} else { // it may have taken effect
			for r, err := range j.Read(ctx, s, length) {
				if err == nil {
					length = r.Revision + 1
				}
			}
		}
		cancel()
	}
}

// forgetful is a follower that fails now and then, before it has kept what it was told
// and after, and now and then subscribes again. It keeps its checkpoint with what it
// has seen.
type forgetful struct {
	dice   *rand.Rand
	behind *atomic.Uint64 // how far it has to come, once that is known

	checkpoint           domain.Position
	seen                 []domain.Position
	again, subscriptions int
}

func (f *forgetful) follow(t *testing.T, conn *eventstore.Connection) {
	sub := &feed.Subscriber{
		Journal: conn, Log: quiet, PageEvents: 1 + f.dice.IntN(50),
		Checkpoint: func(context.Context, string) (domain.Position, error) { return f.checkpoint, nil },
	}
	defer sub.Close()
	for !f.done() {
		f.subscriptions++
		ctx, cancel := context.WithCancel(context.Background())
		pages, err := sub.Subscribe(ctx, "forgetful")
		if err != nil {
			t.Error(err)
		}
		for n := f.dice.IntN(200); n >= 0 && !f.done(); n-- {
			select {
			case m := <-pages:
				f.take(t, m)
			case <-time.After(50 * time.Millisecond): // perhaps there is no more to come
			}
		}
		cancel()
		for m := range pages {
			m.Nack()
		}
	}
}

func (f *forgetful) done() bool {
	end := f.behind.Load()
	return end > 0 && uint64(f.checkpoint) >= end
}

func (f *forgetful) take(t *testing.T, m *message.Message) {
	fate := f.dice.IntN(12)
	if fate == 0 {
		m.Nack()
		return
	}
	lines, end := open(t, m)
	for _, l := range lines {
		if l.Position <= f.checkpoint {
			f.again++
			continue
		}
		f.seen = append(f.seen, l.Position)
	}
	f.checkpoint = max(f.checkpoint, end)
	if fate == 1 {
		m.Nack()
		return
	}
	m.Ack()
}
