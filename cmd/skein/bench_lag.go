package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"skein/domain"
	"skein/domain/contact"
	"skein/projections"
)

// lag measures how long after it is safe an event shows, while events are offered
// at an even pace, beside a loop that keeps one row for each event and knows nothing
// of the product.
func (l *lab) lag(ctx context.Context) (err error) {
	in, err := l.moveIn(ctx, "lag")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	room, err := in.room(ctx, "Customers")
	if err != nil {
		return err
	}
	crowd, err := in.fill(ctx, room, l.crowd, func(int) int { return 1 })
	if err != nil {
		return err
	}
	done, err := in.following(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	if err := in.shown(ctx); err != nil {
		return err
	}
	floor, err := openFloor(ctx, in.db, l.home("floor"), l.crowd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, floor.close()) }()

	// One event of five is of a new contact.
	do := func(n int) (domain.Position, error) {
		if n%5 == 0 {
			_, at, err := in.do.CreateContact(ctx, by, room, contact.Create{Fields: person(l.people.next()), Origin: contact.ByHand})
			return at, err
		}
		return in.do.EditContact(ctx, by, room, crowd[n*7919%len(crowd)], contact.Edit{Fields: edit(n)})
	}
	return l.each(ctx, "lag", func() error {
		for _, pace := range []int{500, 2_000, 5_000} {
			limit, err := floor.offered(ctx, pace, l.steady)
			if err != nil {
				return fmt.Errorf("floor: %w", err)
			}
			if err := in.shown(ctx); err != nil {
				return err
			}
			seen := watch(ctx, in.projectors["contacts"])
			deeds, err := offer(ctx, pace, l.steady, do)
			if err == nil {
				err = in.shown(ctx)
			}
			shown := seen()
			if err != nil {
				return err
			}
			ours := lagsOf(deeds, shown)
			p50, p99 := []goal{atMostTimes(2)}, []goal{atMostTimes(1)}
			switch pace {
			case 2_000:
				p50, p99 = append(p50, atMost(2)), append(p99, atMost(20))
			case 5_000:
				p99 = append(p99, atMost(50))
			}
			offered := fmt.Sprintf("%d events/s offered", pace)
			l.note(offered+", done", "/s", ours.perSecond, limit.perSecond)
			l.note(offered+", p50", "ms", ours.ms(0.5), limit.ms(0.5), p50...)
			l.note(offered+", p99", "ms", ours.ms(0.99), limit.ms(0.99), p99...)
			l.note(offered+", backlog at the end", "events", float64(ours.backlog), 0)
		}
		return nil
	})
}

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
