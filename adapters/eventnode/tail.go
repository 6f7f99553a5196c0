package eventnode

import (
	"slices"
	"sync"
)

// What the tail may hold at most.
const (
	tailEvents = 8192
	tailBytes  = 4 << 20
)

// tail is the newest part of the synced journal, kept in memory for those who follow
// it. Who falls behind its beginning goes on in the store.
type tail struct {
	mu      sync.Mutex
	events  []event
	bytes   int
	begin   uint64        // all events after this position are in events
	end     uint64        // the position of the last event
	changed chan struct{} // closed at the next event, nil while nobody waits
}

func newTail(last uint64) *tail { return &tail{begin: last, end: last} }

// last is the position up to which the journal is synced.
func (t *tail) last() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.end
}

// restart has the tail begin anew after a position, up to which all is synced.
func (t *tail) restart(last uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.events, t.bytes, t.begin, t.end = nil, 0, last, last
	t.wake()
}

// push appends synced events and wakes who waits for them. What a store that was left
// behind says late is known already.
func (t *tail) push(events []event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(events) == 0 || events[0].Position <= t.end {
		return
	}
	t.events = append(t.events, events...)
	for _, e := range events {
		t.bytes += e.size()
	}
	t.end = events[len(events)-1].Position
	for len(t.events) > tailEvents || t.bytes > tailBytes {
		t.begin = t.events[0].Position
		t.bytes -= t.events[0].size()
		t.events[0] = event{}
		t.events = t.events[1:]
	}
	t.wake()
}

func (t *tail) wake() {
	if t.changed != nil {
		close(t.changed)
		t.changed = nil
	}
}

// after appends to page up to max events after a position, and says whether the tail
// still has all of those. If there are none yet, wait is closed when there are.
func (t *tail) after(position uint64, page []event, max int) (_ []event, ok bool, wait <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if position < t.begin {
		return page, false, nil
	}
	if position >= t.end {
		if t.changed == nil {
			t.changed = make(chan struct{})
		}
		return page, true, t.changed
	}
	i, _ := slices.BinarySearchFunc(t.events, position+1, func(e event, p uint64) int {
		return int(int64(e.Position - p))
	})
	return append(page, t.events[i:min(i+max, len(t.events))]...), true, nil
}
