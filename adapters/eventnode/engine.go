package eventnode

import (
	"errors"
	"fmt"
	"time"
)

// engine is an open store and the one who writes to it.
type engine struct {
	store  *store
	writer *writer
}

// How long the node waits before it opens a store again that failed.
const (
	firstWait   = 100 * time.Millisecond
	longestWait = time.Minute
)

// store is where events are read.
func (n *Node) store() *store { return n.engine.Load().store }

// writer is who changes the journal.
func (n *Node) writer() *writer { return n.engine.Load().writer }

// run checks the last writes of a store and begins to write to it.
func (n *Node) run(s *store) error {
	last, err := s.check()
	if err != nil {
		return err
	}
	if shown := n.tail.last(); last < shown {
		return fmt.Errorf("the store ends at %d, before %d, which was answered", last, shown)
	}
	w, err := startWriter(s, n.tail, last)
	if err != nil {
		return err
	}
	s.guard.syncs.Store(&n.counts.syncs)
	n.tail.restart(last)
	n.engine.Store(&engine{s, w})
	return nil
}

// mend opens the store again whenever it failed. Meanwhile reads go on in the old one,
// up to what was answered.
func (n *Node) mend() {
	wait := firstWait
	for {
		begun := time.Now()
		old := n.store()
		select {
		case <-n.closing:
			return
		case <-old.guard.failed:
		}
		if time.Since(begun) > longestWait {
			wait = firstWait
		}
		_, err := old.guard.state()
		n.log.Error("event node: the store failed; appends are refused until it is open again", "error", err)
		for err != nil {
			select {
			case <-n.closing:
				return
			case <-time.After(wait):
			}
			if err = n.reopen(old.folder); err != nil {
				n.log.Error("event node: the store cannot be opened again yet", "error", err)
			}
			wait = min(2*wait, longestWait)
		}
		n.counts.reopened.Inc()
		n.log.Info("event node: the store is open again", "position", n.tail.last())
	}
}

func (n *Node) reopen(f *folder) error {
	if err := f.probe(); err != nil {
		return err
	}
	s, err := f.open()
	if err != nil {
		return err
	}
	if err := n.run(s); err != nil {
		s.guard.fail(err)
		return errors.Join(err, s.db.Close())
	}
	return nil
}
