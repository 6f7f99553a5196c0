package eventstore_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"skein/domain"
	"skein/domain/contact"
)

// ledger keeps what was done to a journal.
type ledger struct {
	mu   sync.Mutex
	ops  []op
	most int // when there are so many, full is called; 0 is any number
	full func()
}

func (l *ledger) enter(o op) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ops = append(l.ops, o); len(l.ops) == l.most {
		l.full()
	}
}

// signed are events that can be told from all others.
func signed(tag string, events uint64) []domain.Event {
	signed := make([]domain.Event, events)
	for i := range signed {
		signed[i] = named(fmt.Sprintf("%s/%d", tag, i))
	}
	return signed
}

// settle holds the ledger against all that the journal has in the end: what was
// acknowledged is there once and where it was said to be, what was refused is not, and
// what failed is there once or not at all. What took effect did so whole, and in an
// order that those who saw it can agree on.
func (l *ledger) settle(t *testing.T, recorded []domain.Recorded) {
	t.Helper()
	found, lengths := map[string][]domain.Recorded{}, map[domain.Stream]uint64{}
	for i, r := range recorded {
		if r.Revision != lengths[r.Stream] || i > 0 && r.Position <= recorded[i-1].Position {
			t.Errorf("event %d of %s is at %d, after %d events", r.Revision, r.Stream, r.Position, lengths[r.Stream])
		}
		lengths[r.Stream] = r.Revision + 1
		tag, _, _ := strings.Cut(r.Event.(contact.Edited).Says["first_name"], "/")
		found[tag] = append(found[tag], r)
	}
	streams, counts := map[domain.Stream][]op{}, map[outcome]int{}
	var all []op
	late := 0
	for _, o := range l.ops {
		counts[o.outcome]++
		if o.outcome != looked {
			there := found[o.tag]
			delete(found, o.tag)
			switch {
			case len(there) == 0 && o.outcome == unknown:
				continue
			case len(there) == 0 && o.outcome == refused:
			case o.outcome == refused || !whole(o, there):
				t.Errorf("%+v: there is %v", o, there)
				continue
			case o.outcome == unknown:
				late++
				o.at = there[len(there)-1].Position
			case o.at != there[len(there)-1].Position:
				t.Errorf("%+v: is at %d", o, there[len(there)-1].Position)
			}
		}
		streams[o.stream] = append(streams[o.stream], o)
		all = append(all, o)
	}
	for tag := range found {
		t.Errorf("nobody appended %s", tag)
	}
	for s, ops := range streams {
		if err := linearizable(ops); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	if err := inOrder(all); err != nil {
		t.Error(err)
	}
	t.Logf("%d events by %v; %d of those that failed had taken effect", len(recorded), counts, late)
}

// whole reports whether the events of an append are all there, where they belong.
func whole(o op, there []domain.Recorded) bool {
	for i, r := range there {
		want := fmt.Sprintf("%s/%d", o.tag, i)
		if r.Stream != o.stream || r.Revision != o.length+uint64(i) || r.Event.(contact.Edited).Says["first_name"] != want {
			return false
		}
	}
	return uint64(len(there)) == o.events
}
