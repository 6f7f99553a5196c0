package commands

import "sync"

// turns lets those who are about the same thing go one after the other, within this
// process. The zero turns are ready.
type turns struct {
	mu     sync.Mutex
	queues map[string]*queue
}

type queue struct {
	mu   sync.Mutex
	many int // who are in it
}

// take waits for one's turn, which ends when what it returns is called.
func (t *turns) take(about string) (end func()) {
	t.mu.Lock()
	if t.queues == nil {
		t.queues = map[string]*queue{}
	}
	q := t.queues[about]
	if q == nil {
		q = &queue{}
		t.queues[about] = q
	}
	q.many++
	t.mu.Unlock()
	q.mu.Lock()
	return func() {
		q.mu.Unlock()
		t.mu.Lock()
		defer t.mu.Unlock()
		if q.many--; q.many == 0 {
			delete(t.queues, about)
		}
	}
}
