package feed_test

import (
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ThreeDotsLabs/watermill/message"

	"skein/adapters/eventstore"
	"skein/adapters/feed"
	"skein/domain"
)

// One follower takes one event while a hundred are written. Another on the same
// connection keeps up with the writer all the same, memory does not fill with what the
// slow one has not taken, and the slow one misses nothing.
func TestSlowFollower(t *testing.T) {
	node := start(t, t.TempDir())
	conn := dial(t, node.Target())
	j := eventstore.NewJournal(conn, codec)
	subscribe := func(name string, pageEvents int) <-chan *message.Message {
		sub := &feed.Subscriber{Journal: conn, Checkpoint: fromTheStart, Log: quiet, PageEvents: pageEvents}
		t.Cleanup(func() { sub.Close() })
		pages, err := sub.Subscribe(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		return pages
	}
	slow, fast := subscribe("slow", 1), subscribe("fast", 512)

	const each, gap = 100, 20 // events of an append, and appends that the fast one may be behind
	appends := rounds(200, 4000)
	batch := make([]domain.Event, each)
	for i := range batch {
		batch[i] = named(strings.Repeat("a", 2<<10))
	}
	done := make(chan struct{})
	reached, progress := atomic.Uint64{}, make(chan struct{}, 1)
	go func() {
		defer close(done)
		for seen := 0; seen < appends*each; {
			lines, end := page(t, fast)
			seen += len(lines)
			reached.Store(uint64(end))
			select {
			case progress <- struct{}{}:
			default:
			}
		}
	}()
	var ends []domain.Position
	var begun uint64
	taken := 0
	step := func() { // the slow one takes an event
		lines, _ := page(t, slow)
		s := domain.StreamOf("contact", "fast", strconv.Itoa(taken/each))
		if len(lines) != 1 || lines[0].Stream != s || lines[0].Revision != uint64(taken%each) {
			t.Fatalf("after %d events came %v", taken, lines)
		}
		taken++
	}
	for n := range appends {
		ends = append(ends, add(t, j, domain.StreamOf("contact", "fast", strconv.Itoa(n)), 0, batch...))
		step()
		for n >= gap && reached.Load() < uint64(ends[n-gap]) {
			select {
			case <-progress:
			case <-done:
				t.Fatal("the fast one has ended")
			}
		}
		if n == appends/4 {
			begun = heap()
		}
	}
	<-done
	now := heap()
	t.Logf("%d MB more in memory of %d MB that were written meanwhile", (int64(now)-int64(begun))>>20, appends*3/4*each*2>>10)
	if now > begun+16<<20 {
		t.Errorf("memory has grown from %d to %d bytes", begun, now)
	}
	for taken < rounds(2_000, 50_000) {
		step()
	}
}

// heap is how much memory is in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
