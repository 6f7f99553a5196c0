package eventnode

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"github.com/google/uuid"
)

// faulty is a disk of which one call fails, and the node on it.
type faulty struct {
	at     int64 // the call, 0 is none
	calls  atomic.Int64
	failed atomic.Pointer[errorfs.Op]
	lost   atomic.Pointer[guard] // what the node wrote through when a sync failed
	node   atomic.Pointer[Node]
	stale  atomic.Pointer[string] // the log or manifest that a sync failed of
	reused atomic.Bool            // something went into that
}

// MaybeError implements errorfs.Injector.
func (f *faulty) MaybeError(op errorfs.Op) error {
	if f.calls.Add(1) != f.at {
		if stale := f.stale.Load(); stale != nil && op.Path == *stale {
			switch {
			case op.Kind == errorfs.OpCreate:
				f.stale.Store(nil)
			case isSync(op) || op.Kind == errorfs.OpFileWrite:
				f.reused.Store(true)
			}
		}
		return nil
	}
	if n := f.node.Load(); n != nil && isSync(op) && strings.HasPrefix(op.Path, "node") {
		f.lost.Store(n.store().guard)
	}
	if isSync(op) && (strings.HasSuffix(op.Path, ".log") || strings.Contains(op.Path, "MANIFEST")) {
		f.stale.Store(&op.Path)
	}
	f.failed.Store(&op)
	if op.Kind.ReadOrWrite() == errorfs.OpIsWrite && !isSync(op) && f.at%2 == 0 {
		return syscall.ENOSPC
	}
	return syscall.EIO
}

// String implements errorfs.Injector.
func (f *faulty) String() string { return fmt.Sprint("call ", f.at) }

func isSync(op errorfs.Op) bool {
	return op.Kind == errorfs.OpFileSync || op.Kind == errorfs.OpFileSyncData
}

// session is what happens while a node runs: sessionCalls calls of the disk at least.
type session struct {
	*faulty
	number  int
	disk    *vfs.MemFS
	last    [4]int64
	slowest time.Duration // until an append was refused
}

const sessionCalls = 2000

// streams of a session are its own.
func (s *session) stream(i int) string { return fmt.Sprint("session-", s.number, "-", i) }

// run starts a node and appends, and repeats what is refused until it is answered. Now and
// then it has the node scavenge a stream that keeps one event.
func (s *session) run(t testing.TB) error {
	cfg := on(s.disk)
	cfg.FS = errorfs.Wrap(s.disk, s.faulty)
	n, err := Start(cfg)
	if err != nil && s.failed.Load() != nil {
		n, err = Start(cfg)
	}
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	s.node.Store(n)
	for i := range s.last {
		s.last[i] = -1
	}
	if err := s.insist(t, proposal{
		stream: metaOf(s.stream(0)), expected: noStream,
		events: []event{{ID: uuid.New(), Type: typeMetadata, JSON: true, Data: []byte(`{"$maxCount":1}`)}},
	}); err != nil {
		return err
	}
	for i := 0; s.calls.Load() < sessionCalls+20; i++ {
		which := i % len(s.last)
		a := proposal{stream: s.stream(which), expected: s.last[which]}
		for range 1 + i%3 {
			a.events = append(a.events, event{ID: uuid.New(), Type: "said", Data: []byte(strings.Repeat("x", 20*(i%50)))})
		}
		if err := s.insist(t, a); err != nil {
			return err
		}
		s.last[which] += int64(len(a.events))
		if i%60 == 59 && s.number%2 == 1 {
			if _, err := n.Scavenge(t.Context()); err != nil && s.failed.Load() == nil {
				return err
			}
		}
	}
	if err := n.Close(); err != nil && s.failed.Load() == nil {
		return err
	}
	return nil
}

// insist appends until that is answered. No writer answers what it was given after a sync
// of it failed, and reads go on meanwhile.
func (s *session) insist(t testing.TB, a proposal) error {
	n := s.node.Load()
	for giveUp := time.Now().Add(20 * time.Second); ; {
		w, before := n.writer(), s.lost.Load()
		a.now = time.Now()
		out, err := w.change(t.Context(), a.decide)
		took := time.Since(a.now)
		switch last := a.expected + int64(len(a.events)); {
		case err == nil && before != nil && w.guard == before:
			return fmt.Errorf("%s was answered after %v failed", a.stream, s.failed.Load())
		case err == nil && (out.verdict > already || out.last != last):
			return fmt.Errorf("%s was answered %v at %d, not at %d", a.stream, out.verdict, out.last, last)
		case err == nil:
			return nil
		case s.failed.Load() == nil || !errors.Is(err, errUnwritable) && !errors.Is(err, syscall.EIO):
			return fmt.Errorf("append to %s: %w", a.stream, err)
		case a.now.After(giveUp):
			return fmt.Errorf("still refused: %w", err)
		}
		s.slowest = max(s.slowest, took)
		if _, err := n.store().digest(a.stream); err != nil {
			return fmt.Errorf("reads do not go on: %w", err)
		}
		time.Sleep(time.Millisecond)
	}
}

// survives cuts the power and requires that all is there that was answered.
func (s *session) survives(t testing.TB) error {
	if s.reused.Load() {
		return errors.New("a file was written to after a sync of it failed")
	}
	left, err := openStore(on(s.disk.CrashClone(vfs.CrashCloneCfg{})))
	if err != nil {
		return err
	}
	defer left.close()
	if _, err := left.check(); err != nil {
		return err
	}
	if r, err := left.verify(t.Context(), tombstone); err != nil || len(r.Problems) > 0 {
		return fmt.Errorf("%w, %s", err, r.Problems)
	}
	for i, last := range s.last {
		found := int64(0)
		st, err := left.stream(s.stream(i), tombstone)
		if err != nil {
			return err
		}
		for range left.eventsOf(st.number, 0, tombstone-1, tombstone, false) {
			found++
		}
		if st.last != last || i > 0 && found != last+1 {
			return fmt.Errorf("%s has %d events up to %d, not up to %d", st.name, found, st.last, last)
		}
	}
	return nil
}
