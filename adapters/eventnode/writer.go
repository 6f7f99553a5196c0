package eventnode

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/cockroachdb/pebble/v2"
)

// syncing is how many changes can wait for the disk.
const syncing = 1024

var (
	errClosing    = errors.New("the event node is closing")
	errUnwritable = errors.New("the event node cannot write for now")
)

// writer changes the journal. One goroutine decides on changes and hands them to
// Pebble one after another; a second waits, in the same order, until they are synced,
// and only then shows and answers them. Pebble syncs together what waits together.
type writer struct {
	ledger  *ledger
	tail    *tail
	guard   *guard
	changes chan change
	synced  chan change
	done    sync.WaitGroup
	closed  chan struct{}
}

// change is something to be done to the journal.
type change struct {
	decide  func(l *ledger) (outcome, error)
	answer  chan answer
	batch   *pebble.Batch
	written []event
	reply   answer
}

// outcome is what became of a change.
type outcome struct {
	verdict  verdict
	last     int64  // the revision of the stream's last event, -1 if there is none
	position uint64 // of the last event written, 0 if that cannot be told
}

type answer struct {
	outcome
	err error
}

func startWriter(s *store, t *tail, last uint64) (*writer, error) {
	l, err := openLedger(s, last)
	if err != nil {
		return nil, err
	}
	w := &writer{
		ledger: l, tail: t, guard: s.guard,
		changes: make(chan change),
		synced:  make(chan change, syncing),
		closed:  make(chan struct{}),
	}
	w.done.Go(w.decide)
	w.done.Go(w.sync)
	return w, nil
}

// stop ends the writer when everything decided on is synced, or cannot be.
func (w *writer) stop() {
	close(w.closed)
	done := make(chan struct{})
	go func() {
		w.done.Wait()
		close(done)
	}()
	trouble, _ := w.guard.state()
	select {
	case <-done:
	case <-trouble:
	}
}

// change has something decided on and waits until the result is synced. When that takes
// longer than ctx, or the disk fails meanwhile, it may happen nevertheless.
func (w *writer) change(ctx context.Context, decide func(*ledger) (outcome, error)) (outcome, error) {
	trouble, err := w.guard.state()
	if err != nil {
		return outcome{}, fmt.Errorf("%w: %w", errUnwritable, err)
	}
	c := change{decide: decide, answer: make(chan answer, 1)}
	changes, closed := w.changes, w.closed
	for {
		select {
		case changes <- c:
			changes, closed = nil, nil
		case a := <-c.answer:
			return a.outcome, a.err
		case <-ctx.Done():
			return outcome{}, ctx.Err()
		case <-trouble:
			_, err := w.guard.state()
			return outcome{}, fmt.Errorf("%w: %w", errUnwritable, err)
		case <-closed:
			return outcome{}, errClosing
		}
	}
}

func (w *writer) decide() {
	defer close(w.synced)
	for {
		select {
		case c := <-w.changes:
			w.synced <- w.apply(c)
		case <-w.closed:
			return
		}
	}
}

// apply decides on a change and hands it to Pebble.
func (w *writer) apply(c change) change {
	l := w.ledger
	l.begin()
	c.reply.outcome, c.reply.err = c.decide(l)
	if c.reply.err == nil && !l.batch.Empty() {
		c.reply.err = l.store.db.ApplyNoSyncWait(l.batch, pebble.Sync)
	}
	if c.reply.err != nil {
		c.reply.err = errors.Join(c.reply.err, l.undo())
		return c
	}
	c.batch, c.written = l.batch, l.written
	return c
}

func (w *writer) sync() {
	for c := range w.synced {
		if c.batch != nil {
			if !c.batch.Empty() {
				c.reply.err = c.batch.SyncWait()
			}
			c.batch.Close()
		}
		if c.reply.err == nil {
			w.tail.push(c.written)
		}
		c.answer <- c.reply
	}
}
