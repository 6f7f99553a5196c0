package eventnode

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// powerCut says of a power cut: when it came, what it left and what that must have.
type powerCut struct {
	wreck
	number    int
	answered  int // deeds
	scavenged bool
}

// recovery is what a store shows that was opened after a power cut.
type recovery struct {
	number, answered int // of the cut
	way              string
	state
}

// The power is cut after every write, every sync and every change of the folder, and the
// disk loses what was not synced in each of four ways. The store opens with everything
// that was answered, and with all or nothing of what was under way.
func TestWhatWasAnsweredSurvivesAPowerCutAnywhere(t *testing.T) {
	if Plainly(t) {
		return
	}
	cuts, stopped := make(chan powerCut), 0
	disk := newStops()
	d := newDeeds(t, disk)
	disk.at = func() {
		if stopped++; stopped%Rounds(41, 1) != 0 {
			return
		}
		c := powerCut{wreck: disk.wreck("node"), number: stopped}
		d.mu.Lock()
		c.answered, c.scavenged = len(d.done)-1, d.scavenged
		d.mu.Unlock()
		cuts <- c
	}
	var mu sync.Mutex
	var recovered []recovery
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for c := range cuts {
				for way := range losses {
					s, err := d.recover(c, way)
					if err != nil {
						t.Errorf("cut %d, the disk %s: %v", c.number, way, err)
					}
					mu.Lock()
					recovered = append(recovered, recovery{c.number, c.answered, way, s})
					mu.Unlock()
				}
			}
		})
	}
	d.do(Rounds(450, 2000))
	close(cuts)
	all.Wait()
	for _, r := range recovered {
		through := d.done[r.answered:min(r.answered+2, len(d.done))]
		require.Contains(t, through, r.state, "cut %d, the disk %s", r.number, r.way)
	}
	t.Logf("%d deeds, %d stops: the store survived %d power cuts", len(d.done)-1, stopped, len(recovered))
}

// recover opens the store that a power cut left, and is what that shows.
func (d *deeds) recover(c powerCut, way string) (shows state, err error) {
	disk := c.left("node", way, rand.New(rand.NewPCG(uint64(c.number), 2)))
	if c.number == 1 { // before there was anything
		disk.MkdirAll("node", 0o700)
	}
	s, err := openStore(on(disk))
	if err != nil {
		return state{}, err
	}
	defer s.close()
	if shows.position, err = s.check(); err != nil {
		return state{}, err
	}
	r, err := s.verify(d.t.Context(), math.MaxUint64)
	if err != nil || len(r.Problems) > 0 {
		return state{}, fmt.Errorf("verify: %w, %s", err, r.Problems)
	}
	if !c.scavenged && uint64(r.Events) != shows.position {
		return state{}, fmt.Errorf("%d events up to position %d", r.Events, shows.position)
	}
	for e, err := range s.events(0, math.MaxUint64, false) {
		if err != nil {
			return state{}, err
		}
		d.mu.Lock()
		known := e.Position >= uint64(len(d.journal)) || d.journal[e.Position] == digestOf(e)
		d.mu.Unlock()
		if !known {
			return state{}, fmt.Errorf("the event at %d is not what was written", e.Position)
		}
	}
	shows.shown, err = s.shown()
	return shows, err
}
