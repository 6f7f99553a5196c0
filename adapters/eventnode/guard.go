package eventnode

import (
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/prometheus/client_golang/prometheus"
)

// guard stands between Pebble and the file system. Pebble ends the process when it
// cannot write its log or its manifest, and after a sync that failed nobody knows what
// is on the disk. So such an error never reaches Pebble: the call that met it does not
// return, nothing is written through this guard any more, and whoever opened the store
// leaves it behind and opens it again through another. A disk that is full is waited
// for.
type guard struct {
	vfs.FS
	dir     string
	log     *slog.Logger
	syncs   atomic.Pointer[prometheus.Histogram] // of the log; nil while nobody counts
	patient atomic.Bool                          // waits for space; an opening store gives up instead
	fresh   atomic.Bool                          // begins logs in new files, not in those of old ones

	mu      sync.Mutex
	full    bool
	failure error
	trouble chan struct{} // closed while something is wrong
	failed  chan struct{} // closed for good when the store has to be left behind
}

// How often a full disk is tried again.
const retry = 50 * time.Millisecond

var errFull = errors.New("the disk of the event node is full")

func newGuard(fs vfs.FS, dir string, log *slog.Logger) *guard {
	return &guard{FS: fs, dir: dir, log: log, trouble: make(chan struct{}), failed: make(chan struct{})}
}

// state is a channel that is closed once something is wrong, and what is.
func (g *guard) state() (trouble <-chan struct{}, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.failure != nil:
		return g.trouble, g.failure
	case g.full:
		return g.trouble, errFull
	}
	return g.trouble, nil
}

// fail says that the store has to be left behind, and why.
func (g *guard) fail(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failure != nil {
		return
	}
	g.failure = err
	if !g.full {
		close(g.trouble)
	}
	close(g.failed)
}

// fill notes whether the disk is full.
func (g *guard) fill(full bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failure != nil || g.full == full {
		return
	}
	if g.full = full; full {
		g.log.Error("event node: the disk is full; appends are refused until there is space", "dir", g.dir)
		close(g.trouble)
	} else {
		g.log.Info("event node: there is space on the disk again", "dir", g.dir)
		g.trouble = make(chan struct{})
	}
}

// vital tries what the store cannot live without until it works. If it cannot work,
// that never returns.
func (g *guard) vital(try func() error) {
	waited := false
	for {
		g.fence()
		err := try()
		if err == nil {
			if waited {
				g.fill(false)
			}
			return
		}
		if !errors.Is(err, syscall.ENOSPC) || !g.patient.Load() {
			g.fail(err)
			park()
		}
		g.fill(true)
		waited = true
		time.Sleep(retry)
	}
}

// fence lets nothing pass once the store was left behind.
func (g *guard) fence() {
	select {
	case <-g.failed:
		park()
	default:
	}
}

// park ends nothing and does nothing, for ever: it is where those calls of a store end
// that was left behind.
func park() { select {} }
