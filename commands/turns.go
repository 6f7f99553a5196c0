package commands

import (
	"context"
	"sync"
)

// turns lets those who are about the same thing go one after the other, within this
// process. The zero turns are ready.
type turns struct {
	mu     sync.Mutex
	queues map[string]*queue
}

type queue struct {
	turn chan struct{} // holds whoever's turn it is
	many int           // who are in it
}

// take waits for one's turn, which ends when what it returns is called, or until ctx is
// over.
func (t *turns) take(ctx context.Context, about string) (end func(), err error) {
	t.mu.Lock()
	if t.queues == nil {
		t.queues = map[string]*queue{}
	}
	q := t.queues[about]
	if q == nil {
		q = &queue{turn: make(chan struct{}, 1)}
		t.queues[about] = q
	}
	q.many++
	t.mu.Unlock()
	leave := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if q.many--; q.many == 0 {
			delete(t.queues, about)
		}
	}
	select {
	case q.turn <- struct{}{}:
		return func() { <-q.turn; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
