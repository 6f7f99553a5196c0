package main

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"skein/domain"
	"skein/projections"
)

// deed is an event that is safe.
type deed struct {
	at    domain.Position
	acked time.Time
}

// offer does things at an even pace for a while, however long each of them takes.
func offer(ctx context.Context, perSecond int, d time.Duration, do func(n int) (domain.Position, error)) (deeds []deed, err error) {
	const hands = 128
	var mu sync.Mutex
	due := make(chan int, int(d.Seconds()*float64(perSecond)))
	all, working := errgroup.WithContext(ctx)
	for range hands {
		all.Go(func() error {
			for n := range due {
				at, err := do(n)
				if err != nil {
					return err
				}
				now := time.Now()
				mu.Lock()
				deeds = append(deeds, deed{at, now})
				mu.Unlock()
			}
			return nil
		})
	}
	began := time.Now()
	for n := range cap(due) {
		time.Sleep(time.Until(began.Add(time.Duration(n) * time.Second / time.Duration(perSecond))))
		if working.Err() != nil {
			break
		}
		due <- n
	}
	close(due)
	return deeds, errors.Join(all.Wait(), ctx.Err())
}

// sighting is when everything up to a position was shown.
type sighting struct {
	through domain.Position
	at      time.Time
}

// watch looks on as a projector moves on, until the function it returns is called,
// which returns what was seen.
func watch(ctx context.Context, p *projections.Projector) func() []sighting {
	ctx, cancel := context.WithCancel(ctx)
	var seen []sighting
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for at := p.Reached(); p.Await(ctx, at+1) == nil; {
			at = p.Reached()
			seen = append(seen, sighting{at, time.Now()})
		}
		seen = append(seen, sighting{p.Reached(), time.Now()})
	}()
	return func() []sighting { cancel(); <-ended; return seen }
}

// lags are how long after it was safe each event was shown.
type lags struct {
	times
	perSecond float64 // events that became safe
	backlog   int     // of them not shown yet when the last one became safe
}

func lagsOf(deeds []deed, seen []sighting) (l lags) {
	byTime := func(a, b deed) int { return a.acked.Compare(b.acked) }
	first, last := slices.MinFunc(deeds, byTime).acked, slices.MaxFunc(deeds, byTime).acked
	slices.SortFunc(deeds, func(a, b deed) int { return cmp.Compare(a.at, b.at) })
	for _, d := range deeds {
		for len(seen) > 0 && seen[0].through < d.at {
			seen = seen[1:]
		}
		shown := seen[0].at
		l.times = append(l.times, max(0, shown.Sub(d.acked)))
		if shown.After(last) {
			l.backlog++
		}
	}
	slices.Sort(l.times)
	l.perSecond = float64(len(deeds)) / math.Max(last.Sub(first).Seconds(), math.SmallestNonzeroFloat64)
	return l
}
