package outage

import (
	"context"
	"math/rand/v2"
	"time"
)

// A Storm is faults that follow one another at random.
type Storm struct {
	Proxy   *Proxy
	Dice    *rand.Rand
	Calm    time.Duration // between two faults at most
	Longest time.Duration // of a stall and of a slow time
	Restart func()        // restarts the server
}

// Rage lets faults follow one another, one of each kind in every round, until ctx is
// over, and tells how many there were. It leaves nothing stalled and nothing slow.
func (s Storm) Rage(ctx context.Context) map[string]int {
	faults := []struct {
		kind string
		do   func()
	}{
		{"cuts", s.Proxy.Cut},
		{"resets", s.Proxy.Reset},
		{"deaf connections", s.Proxy.Deafen},
		{"stalls", func() {
			s.Proxy.Stall()
			s.pass(ctx, s.Longest)
			s.Proxy.Resume()
		}},
		{"slow times", func() {
			s.Proxy.Slow(time.Millisecond + time.Duration(s.Dice.Int64N(int64(20*time.Millisecond))))
			s.pass(ctx, s.Longest)
			s.Proxy.Slow(0)
		}},
		{"restarts", s.Restart},
	}
	counts := map[string]int{}
	for {
		for _, n := range s.Dice.Perm(len(faults)) {
			if !s.pass(ctx, s.Calm) {
				return counts
			}
			faults[n].do()
			counts[faults[n].kind]++
		}
	}
}

// pass lets time pass, at most longest, and reports whether ctx is not over yet.
func (s Storm) pass(ctx context.Context, longest time.Duration) bool {
	timer := time.NewTimer(time.Duration(s.Dice.Int64N(int64(longest))))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
