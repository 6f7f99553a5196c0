package feed_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/ThreeDotsLabs/watermill/message"

	"skein/adapters/eventstore"
	"skein/adapters/eventstore/outage"
	"skein/adapters/feed"
	"skein/domain"
)

// counted is a journal that counts the subscriptions that have ended.
type counted struct {
	feed.Journal
	ended *atomic.Int64
}

func (j counted) Subscribe(ctx context.Context, after domain.Position, arrived func(*esdb.SubscriptionEvent)) error {
	defer j.ended.Add(1)
	return j.Journal.Subscribe(ctx, after, arrived)
}

// A follower that takes ten events a second, of ten thousand that are written, is no
// burden: the node does not keep for it what it has not taken, the others are told as
// soon as without it, and nobody is disconnected (row 13).
func TestBurden(t *testing.T) {
	warm, lasts := 300*time.Millisecond, 700*time.Millisecond
	long := os.Getenv("SKEIN_LONG") != ""
	if long {
		warm, lasts = 40*time.Second, time.Minute
	}
	node, err := outage.Spawn(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer node.Kill()
	c := &crowd{node: node, ended: new(atomic.Int64)}
	over, cancel := context.WithCancel(t.Context())
	var busy sync.WaitGroup
	written := new(atomic.Int64)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 8 {
		j := eventstore.NewJournal(dial(t, node.Target), codec)
		busy.Go(func() { pour(t, over, j, tick.C, written) })
	}
	for n := range 3 {
		pages := c.subscribe(t, over, strconv.Itoa(n), 0, 512)
		busy.Go(func() { c.keepUp(t, pages) })
	}
	c.watch(warm)
	c.turn()
	begun := written.Load()
	alone := c.watch(lasts)
	without := c.turn()

	end, err := eventstore.NewJournal(dial(t, node.Target), codec).End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pages := c.subscribe(t, over, "slow", end, 1)
	var dawdling sync.WaitGroup
	dawdling.Go(func() { dawdle(t, pages, end) })
	beside := c.watch(lasts)
	with := c.turn()
	rate := float64(written.Load()-begun) / (2 * lasts).Seconds()
	ended := c.ended.Load()
	cancel()
	busy.Wait()
	dawdling.Wait()

	t.Logf("%.0f events/s; the others lag %s at p99 alone and %s beside it (%.2fx), p50 %s and %s; the node has %d MB at most alone and %d MB beside it",
		rate, at(without, 99), at(with, 99), float64(at(with, 99))/float64(at(without, 99)), at(without, 50), at(with, 50), alone>>20, beside>>20)
	if ended != 0 {
		t.Errorf("%d subscriptions have ended", ended)
	}
	if !long {
		return
	}
	if beside > alone+16<<20 {
		t.Errorf("the node has grown from %d to %d bytes", alone, beside)
	}
	if at(with, 99) > 2*at(without, 99)+50*time.Millisecond {
		t.Error("the others are told too late")
	}
}

// pour appends a hundred events at every tick.
func pour(t *testing.T, over context.Context, j *eventstore.Journal, tick <-chan time.Time, written *atomic.Int64) {
	batch := make([]domain.Event, 100)
	for i := range batch {
		batch[i] = named(strings.Repeat("a", 200))
	}
	for {
		select {
		case <-over.Done():
			return
		case <-tick:
		}
		s := domain.StreamOf("contact", "poured", strconv.FormatInt(written.Add(int64(len(batch))), 10))
		if _, err := j.Append(over, s, 0, by, batch...); err != nil && over.Err() == nil {
			t.Error(err)
			return
		}
	}
}

// crowd is who follows, and how late they are told.
type crowd struct {
	node  *outage.Child
	ended *atomic.Int64

	mu   sync.Mutex
	lags []time.Duration
}

func (c *crowd) subscribe(t *testing.T, ctx context.Context, name string, after domain.Position, pageEvents int) <-chan *message.Message {
	t.Helper()
	sub := &feed.Subscriber{
		Journal: counted{dial(t, c.node.Target), c.ended}, Log: quiet, PageEvents: pageEvents,
		Checkpoint: func(context.Context, string) (domain.Position, error) { return after, nil },
	}
	pages, err := sub.Subscribe(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// keepUp takes what comes, and notes how long ago the store took it.
func (c *crowd) keepUp(t *testing.T, pages <-chan *message.Message) {
	for m := range pages {
		lines, _ := open(t, m)
		m.Ack()
		now := time.Now()
		c.mu.Lock()
		for _, l := range lines {
			c.lags = append(c.lags, now.Sub(l.At))
		}
		c.mu.Unlock()
	}
}

// turn returns the lags that were noted so far, in order, and forgets them.
func (c *crowd) turn() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	lags := c.lags
	c.lags = nil
	slices.Sort(lags)
	return lags
}

// watch returns the most memory that the node has for some time.
func (c *crowd) watch(lasts time.Duration) (most int64) {
	over := time.After(lasts)
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-over:
			return most
		case <-look.C:
			most = max(most, resident(c.node.Pid()))
		}
	}
}

// dawdle takes ten events a second, which are those after a position.
func dawdle(t *testing.T, pages <-chan *message.Message, at domain.Position) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for m := range pages {
		lines, _ := open(t, m)
		m.Ack()
		if at++; len(lines) != 1 || lines[0].Position != at {
			t.Errorf("at %d came %v", at, lines)
			return
		}
		<-tick.C
	}
}

// resident is how much memory a process has, as far as the system tells.
func resident(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kilobytes := int64(0)
	fmt.Sscan(rest, &kilobytes)
	return kilobytes << 10
}

// at is the lag that so many of a hundred do not exceed.
func at(sorted []time.Duration, percent int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[len(sorted)*percent/100].Round(10 * time.Microsecond)
}
