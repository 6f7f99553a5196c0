package eventstore_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"skein/adapters/eventstore"
	"skein/adapters/eventstore/outage"
	"skein/commands"
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

// Under writers that are many, on streams of their own and on shared ones, everything
// goes wrong that can between them and the store. Each append takes effect once or not
// at all, and whoever was told something was told the truth.
func TestChaos(t *testing.T) {
	t.Parallel()
	seed, lasts, calm, longest := seeded(t), 5*time.Second, 200*time.Millisecond, 400*time.Millisecond
	if os.Getenv("SKEIN_LONG") != "" {
		lasts, calm, longest = 5*time.Minute, 3*time.Second, 6*time.Second
	}

	dir := t.TempDir()
	node := start(t, dir)
	proxy, err := outage.Start(node.Target())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { proxy.Close() })
	over, cancel := context.WithTimeout(t.Context(), lasts)
	defer cancel()

	c := &chaos{over: over, began: time.Now()}
	var busy sync.WaitGroup
	const connections, writers, readers = 4, 32, 2
	for n := range connections {
		j := open(t, proxy.Target())
		for w := n; w < writers; w += connections {
			busy.Go(func() { c.write(t, j, w, rand.New(rand.NewPCG(seed, uint64(w)))) })
		}
		if n < readers {
			busy.Go(func() { c.read(t, j, rand.New(rand.NewPCG(seed, uint64(writers+n)))) })
		}
	}
	storm := outage.Storm{
		Proxy: proxy, Dice: rand.New(rand.NewPCG(seed, 0)), Calm: calm, Longest: longest,
		Restart: func() {
			if err := node.Close(); err != nil {
				t.Error(err)
			}
			node = start(t, dir)
			proxy.Lead(node.Target())
		},
	}
	t.Log(storm.Rage(over))
	busy.Wait()

	// What is still on its way may take effect until the proxy and the node are closed.
	if err := errors.Join(proxy.Close(), node.Close()); err != nil {
		t.Error(err)
	}
	var recorded []domain.Recorded
	calmly := open(t, start(t, dir).Target())
	for r, err := range calmly.All(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		recorded = append(recorded, r)
	}
	c.settle(t, recorded)
	chains, err := calmly.CheckChains(t.Context(), 0, math.MaxInt64, func(b eventstore.Broken) { t.Error(b) })
	if err != nil || chains.Linked != len(recorded) {
		t.Errorf("%d events, %+v, %v", len(recorded), chains, err)
	}
	for _, told := range c.told {
		for i, at := range told {
			if at != recorded[i].Position {
				t.Fatalf("a reader was told of %d where %d is", at, recorded[i].Position)
			}
		}
	}
}

// chaos is what goes on at the same time.
type chaos struct {
	season string // tells its streams from those of others
	over   context.Context
	began  time.Time
	acked  atomic.Uint64 // the furthest position that was acknowledged

	ledger
	told [][]domain.Position // what each reader was told in the end
}

// write appends to streams at the lengths it believes them to have, until it is over.
func (c *chaos) write(t *testing.T, j *eventstore.Journal, writer int, dice *rand.Rand) {
	lengths := map[domain.Stream]uint64{}
	for n := 0; c.over.Err() == nil; n++ {
		s := domain.StreamOf("contact", "own", c.season, strconv.Itoa(writer))
		if dice.IntN(2) == 0 {
			s = domain.StreamOf("contact", "shared", c.season, strconv.Itoa(dice.IntN(4)))
		}
		o := op{
			tag: fmt.Sprintf("%s.%d.%d", c.season, writer, n), stream: s, length: lengths[s], events: 1 + dice.Uint64N(3),
			outcome: took, began: time.Since(c.began),
		}
		switch dice.IntN(20) {
		case 0:
			o.length++
		case 1:
			o.length = max(o.length, 1) - 1
		}
		ctx, cancel := patience(dice)
		at, err := j.Append(ctx, s, o.length, by, signed(o.tag, o.events)...)
		cancel()
		o.ended, o.at = time.Since(c.began), at
		switch {
		case errors.Is(err, commands.ErrMovedOn):
			o.outcome = refused
		case err != nil:
			o.outcome = unknown
		default:
			lengths[s] = o.length + o.events
			c.reached(at)
		}
		c.enter(o)
		if o.outcome == refused || o.outcome == unknown && dice.IntN(3) > 0 {
			lengths[s] = c.look(t, j, s, lengths[s], dice)
		}
	}
}

// look reads a stream from a length it has had to its end, as often as that takes.
func (c *chaos) look(t *testing.T, j *eventstore.Journal, s domain.Stream, from uint64, dice *rand.Rand) (length uint64) {
	for c.over.Err() == nil {
		o := op{stream: s, length: from, outcome: looked, began: time.Since(c.began)}
		ctx, cancel := patience(dice)
		var failed error
		for r, err := range j.Read(ctx, s, from) {
			if failed = err; err != nil {
				break
			}
			if r.Revision != o.length {
				t.Errorf("event %d of %s came after %d others", r.Revision, s, o.length)
			}
			o.length = r.Revision + 1
		}
		cancel()
		if o.ended = time.Since(c.began); failed == nil {
			c.enter(o)
			return o.length
		}
	}
	return from
}

// read reads the whole journal, in parts and now and then all of it, until it is over.
func (c *chaos) read(t *testing.T, j *eventstore.Journal, dice *rand.Rand) {
	var told []domain.Position
	for c.over.Err() == nil {
		known := len(told)
		if dice.IntN(10) == 0 {
			known = 0
		}
		after, acked := domain.Position(0), domain.Position(c.acked.Load())
		if known > 0 {
			after = told[known-1]
		}
		ctx, cancel := patience(dice)
		var failed error
		for r, err := range j.All(ctx, after) {
			if failed = err; err != nil {
				break
			}
			if known == len(told) {
				told = append(told, r.Position)
			}
			if told[known] != r.Position {
				t.Errorf("told of %d where %d was", r.Position, told[known])
			}
			known++
		}
		cancel()
		if failed == nil && acked > 0 && (known == 0 || told[known-1] < acked) {
			t.Errorf("a reading ended after %d events, before %d", known, acked)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = append(c.told, told)
}

// reached notes how far the journal reaches.
func (c *chaos) reached(at domain.Position) {
	for {
		old := c.acked.Load()
		if uint64(at) <= old || c.acked.CompareAndSwap(old, uint64(at)) {
			return
		}
	}
}

// patience is the context of one call: some callers wait, and most do not.
func patience(dice *rand.Rand) (context.Context, context.CancelFunc) {
	if dice.IntN(10) == 0 {
		return context.WithCancel(context.Background())
	}
	return context.WithTimeout(context.Background(), 20*time.Millisecond+time.Duration(dice.Int64N(int64(3*time.Second/2))))
}
