package eventnode

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"
)

// fate is what becomes of a store with a wrong byte.
type fate string

const (
	refused  fate = "refused"  // to open
	told     fate = "told"     // that the end of the journal is missing
	reported fate = "reported" // by Verify
	harmless fate = "harmless" // all is there as it was
)

// heard notes warnings.
type heard struct {
	slog.Handler
	warned *bool
}

func (h heard) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

func (h heard) Handle(context.Context, slog.Record) error {
	*h.warned = true
	return nil
}

// A wrong byte anywhere is noticed unless it means nothing, and no event is ever
// delivered that is not as it was written.
func TestAWrongByteIsNoticedAndNeverServed(t *testing.T) {
	if Plainly(t) {
		return
	}
	disk, journal := filled(t)
	names, err := disk.List("node")
	require.NoError(t, err)
	type flip struct {
		name string
		at   int
		mask byte
	}
	var flips []flip
	for _, name := range names {
		b, _ := content(disk, "node/"+name)
		at := rand.Perm(len(b))
		for _, at := range at[:min(len(at), Rounds(25, math.MaxInt))] {
			flips = append(flips, flip{name, at, []byte{1, byte(1 + rand.IntN(255))}[rand.IntN(2)]})
		}
	}
	var mu sync.Mutex
	fates := map[string]map[fate]int{}
	work := make(chan flip)
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for f := range work {
				d := disk.CrashClone(vfs.CrashCloneCfg{})
				b, _ := d.UnsafeGetFileDataBuffer("node/" + f.name)
				b[f.at] ^= f.mask
				became, err := fateOf(t, d, journal)
				if err != nil {
					t.Errorf("byte %d of %s ^ %#x, which is %s: %v", f.at, f.name, f.mask, became, err)
				}
				mu.Lock()
				if fates[f.name] == nil {
					fates[f.name] = map[fate]int{}
				}
				fates[f.name][became]++
				mu.Unlock()
			}
		})
	}
	for _, f := range flips {
		work <- f
	}
	close(work)
	all.Wait()
	for name, became := range fates {
		b, _ := content(disk, "node/"+name)
		t.Logf("%s of %d bytes: %v", name, len(b), became)
	}
}

// fateOf opens a store that may be damaged and reads all of it in every way. It is an
// error if that serves what was not written, or lacks something and nobody says so.
func fateOf(t testing.TB, disk vfs.FS, journal []digest) (became fate, err error) {
	cfg, warned := on(disk), false
	cfg.Log = slog.New(heard{slog.DiscardHandler, &warned})
	s, err := openStore(cfg)
	if err != nil {
		return refused, nil
	}
	defer s.close()
	if _, err := s.check(); err != nil {
		return refused, nil
	}
	became = harmless
	if warned {
		became = told
	}
	if r, err := s.verify(t.Context(), tombstone); err != nil || len(r.Problems) > 0 {
		became = reported
	}
	for _, backwards := range []bool{false, true} {
		n := 0
		for e, err := range s.events(0, tombstone, backwards) {
			if err != nil {
				n = len(journal) - 1
				if became == harmless {
					became = reported
				}
				break
			}
			n++
			if e.Position >= uint64(len(journal)) || digestOf(e) != journal[e.Position] {
				return became, fmt.Errorf("served the event at %d, which nobody wrote", e.Position)
			}
		}
		if became == harmless && n != len(journal)-1 {
			return became, fmt.Errorf("%d of %d events are left", n, len(journal)-1)
		}
	}
	n := 0
	for i := range 12 {
		st, err := s.stream(fmt.Sprint("stream-", i), tombstone)
		if err == nil {
			for e, err := range s.eventsOf(st.number, 0, tombstone, tombstone, false) {
				if err != nil {
					return reported, nil
				}
				if n++; e.Position >= uint64(len(journal)) || digestOf(e) != journal[e.Position] {
					return became, fmt.Errorf("served the event at %d, which nobody wrote", e.Position)
				}
			}
		} else if became == harmless {
			return became, err
		}
	}
	if became == harmless && n != len(journal)-1 {
		return became, fmt.Errorf("streams show %d of %d events", n, len(journal)-1)
	}
	return became, nil
}
