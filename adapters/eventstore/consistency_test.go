package eventstore_test

import (
	"context"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"skein/adapters/eventstore"
	"skein/adapters/eventstore/outage"
	"skein/domain"
)

// Thirty-two clients append at the lengths that they believe streams to have, to a
// store that is killed now and then behind connections that fail in every way. What
// they were told has an order on each stream, later is further on in the journal, and
// whoever follows the journal is told of the same events in the same order (row 11).
//
// It goes by seasons, each with streams of its own, so that no more than a season has
// to be kept in mind.
func TestConsistency(t *testing.T) {
	t.Parallel()
	seasons, each, calm, longest := 3, 3000, 100*time.Millisecond, 100*time.Millisecond
	if os.Getenv("SKEIN_LONG") != "" {
		seasons, each, calm, longest = 50, 20_000, time.Second, 300*time.Millisecond
	}
	w := begin(t, calm, longest)
	ops, kills := 0, 0
	for n := range seasons {
		c, killed := w.season(t, strconv.Itoa(n), each)
		ops, kills = ops+len(c.ops), kills+killed
		if t.Failed() {
			t.Fatalf("in season %d", n)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d operations and %d kills in %s; %d events came to %d subscribers in %d subscriptions; %d MB in all",
		ops, kills, time.Since(w.began).Round(time.Second), w.events, len(w.followers), w.subscriptions(), m.Sys>>20)
}

// world is a store that fails and who is there to see it.
type world struct {
	dir   string
	seed  uint64
	began time.Time
	child *outage.Child
	storm outage.Storm

	clients   []*eventstore.Connection
	followers []*follower
	settled   domain.Position // everything up to here was judged
	events    int             // that were judged
}

func begin(t *testing.T, calm, longest time.Duration) *world {
	t.Helper()
	w := &world{dir: t.TempDir(), seed: seeded(t), began: time.Now()}
	t.Cleanup(func() { w.child.Kill() })
	w.spawn(t)
	proxy, err := outage.Start(w.child.Target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { proxy.Close() })
	w.storm = outage.Storm{
		Proxy: proxy, Dice: rand.New(rand.NewPCG(w.seed, 0)), Calm: calm, Longest: longest,
		Restart: func() { w.restart(t) },
	}
	for range 4 {
		w.clients = append(w.clients, dial(t, proxy.Target()))
	}
	over, cancel := context.WithCancel(context.Background())
	var following sync.WaitGroup
	for range 4 {
		f := &follower{moved: make(chan struct{}, 1)}
		w.followers = append(w.followers, f)
		conn := dial(t, proxy.Target())
		following.Go(func() { f.follow(over, conn) })
	}
	t.Cleanup(func() { // before the connections are closed
		cancel()
		following.Wait()
	})
	return w
}

func (w *world) spawn(t *testing.T) {
	t.Helper()
	child, err := outage.Spawn(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	w.child = child
}

// restart kills the store, and starts it where it was.
func (w *world) restart(t *testing.T) {
	t.Helper()
	if err := w.child.Kill(); err != nil {
		t.Fatal(err)
	}
	w.spawn(t)
}

// season lets a number of operations happen, and judges them.
func (w *world) season(t *testing.T, name string, operations int) (c *chaos, kills int) {
	t.Helper()
	over, cancel := context.WithCancel(t.Context())
	defer cancel()
	c = &chaos{season: name, over: over, began: w.began, ledger: ledger{most: operations, full: cancel}}
	var busy sync.WaitGroup
	for n := range uint64(32) {
		j := eventstore.NewJournal(w.clients[n%uint64(len(w.clients))], codec)
		busy.Go(func() { c.write(t, j, int(n), rand.New(rand.NewPCG(w.seed+n, uint64(w.settled)))) })
	}
	kills = w.storm.Rage(over)["restarts"] + 1
	w.storm.Proxy.Cut()
	busy.Wait()

	// What is still on its way goes nowhere when both ends of it are gone.
	w.restart(t)
	w.storm.Proxy.Cut()
	var recorded []domain.Recorded
	sum := checksum{}
	for r, err := range open(t, w.child.Target).All(t.Context(), w.settled) {
		if err != nil {
			t.Fatal(err)
		}
		recorded = append(recorded, r)
		sum.add(uint64(r.Position), string(r.Stream), r.Revision)
	}
	c.settle(t, recorded)
	w.settled = recorded[len(recorded)-1].Position
	w.events += len(recorded)
	for n, f := range w.followers {
		if got := f.until(t, w.settled); got != sum {
			t.Errorf("subscriber %d was told of %v up to %d, and not of %v", n, got, w.settled, sum)
		}
	}
	return c, kills
}

func (w *world) subscriptions() (n int) {
	for _, f := range w.followers {
		n += f.subscriptions
	}
	return n
}
