package main

import (
	"context"
	"errors"
	"fmt"

	"skein/domain"
	"skein/domain/contact"
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
