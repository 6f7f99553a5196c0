package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// grown is a node that grows, and those who write to it.
type grown struct {
	*lone
	authors []*author
	sheets  []esdb.EventData
	events  atomic.Int64 // there are
}

// growth measures a node in a process of its own as it grows: how fast single events
// are appended, beside a node that is new; its memory, its disk, and how long it takes
// until it answers after a stop and after it was killed at work. The node grows once,
// however many rounds there are; at each size it is measured in rounds.
func (l *lab) growth(ctx context.Context) (err error) {
	if err := l.incompressible(ctx); err != nil {
		return err
	}
	g := &grown{authors: authorsOf("contact", 32), sheets: sheets()}
	if g.lone, err = l.lone(ctx, l.home("grown")); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.leave()) }()
	for _, size := range l.journal {
		fmt.Fprintf(l.err, "growth: %d events come to be\n", size)
		began, before := time.Now(), g.events.Load()
		if err := g.fill(ctx, int64(size)); err != nil {
			return err
		}
		l.row = "growth"
		if grew := g.events.Load() - before; grew > 0 {
			l.note(fmt.Sprintf("until %d events, ten in each append", size), "events/s", float64(grew)/time.Since(began).Seconds(), 0)
		}
		if err := g.settled(ctx); err != nil {
			return err
		}
		if err := l.weigh(g, fmt.Sprintf("%d events, ", size), size == l.journal[len(l.journal)-1]); err != nil {
			return err
		}
		if err := l.each(ctx, "growth", func() error { return l.pace(ctx, g, size) }); err != nil {
			return err
		}
	}
	return l.startGrown(ctx, g)
}

// fill has authors write streams of ten events until there are so many.
func (g *grown) fill(ctx context.Context, until int64) error {
	const chapter = 10
	if g.events.Load() >= until {
		return nil
	}
	enough := errors.New("enough")
	_, err := together(ctx, len(g.authors), time.Hour, func(hand int) error {
		if g.events.Add(chapter) > until {
			g.events.Add(-chapter)
			return enough
		}
		a := g.authors[hand]
		a.turns++
		events := make([]esdb.EventData, chapter)
		for i := range events {
			events[i] = g.sheets[(int(a.number)*37+a.turns*chapter+i)%len(g.sheets)]
		}
		return g.conn.Add(ctx, a.begin(chapter).stream, events...)
	})
	if errors.Is(err, enough) {
		return nil
	}
	return err
}

// pace appends to the node that has grown and to one that is new. First both get the
// same; then the one that has grown gets events for any of the streams that it has,
// which it has to look up, as the new one never has to.
func (l *lab) pace(ctx context.Context, g *grown, size int) (err error) {
	fresh, err := l.lone(ctx, l.home("fresh"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, fresh.leave(), sweep(fresh.folder)) }()
	kind := fmt.Sprintf("p%06d", l.people.next())
	empty, err := fresh.write(ctx, authorsOf(kind, len(g.authors)), l.burst/2)
	if err != nil {
		return fmt.Errorf("new node: %w", err)
	}
	same, err := g.write(ctx, authorsOf(kind, len(g.authors)), l.burst/2)
	if err != nil {
		return fmt.Errorf("new streams: %w", err)
	}
	old, err := g.write(ctx, g.authors, l.burst/2)
	if err != nil {
		return fmt.Errorf("old streams: %w", err)
	}
	g.events.Add(int64(len(same.took) + len(old.took)))
	var goals []goal
	if size == l.journal[len(l.journal)-1] {
		goals = []goal{atLeastTimes(0.9)}
	}
	what := fmt.Sprintf("%d events, writers: %d", size, len(g.authors))
	l.note(what+", beside a new node", "/s", same.perSecond(), empty.perSecond(), goals...)
	l.note(what+", beside a new node, p99", "ms", same.took.ms(0.99), empty.took.ms(0.99))
	l.note(what+", to any old stream, beside a new node", "/s", old.perSecond(), empty.perSecond())
	l.note(what+", to any old stream, beside a new node, p99", "ms", old.took.ms(0.99), empty.took.ms(0.99))
	return nil
}
