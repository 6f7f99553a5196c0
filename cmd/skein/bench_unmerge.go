package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// unmerge measures merging and unmerging two contacts, until it is answered and until
// everybody sees it, beside reading the two histories and committing one row: in spaces
// of different sizes, and with more and more events and messages of the two.
func (l *lab) unmerge(ctx context.Context) (err error) {
	in, err := l.moveIn(ctx, "unmerge")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	yards, err := l.yards(ctx, in)
	if err != nil {
		return err
	}
	for name, p := range in.projectors {
		fmt.Fprintf(l.err, "unmerge: %s are told\n", name)
		if err := p.Rebuild(ctx, in.journal.All, nil); err != nil {
			return err
		}
	}
	if _, err := in.db.Exec(ctx, `CREATE TABLE one (position bigint); INSERT INTO one VALUES (0)`); err != nil {
		return err
	}
	d, done, err := in.openDesk(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()

	return l.each(ctx, "unmerge", func() error {
		first := map[string]float64{} // of the first yard of a kind
		for i := range yards {
			if err := l.unwind(ctx, in, d, &yards[i], first); err != nil {
				return fmt.Errorf("%s: %w", yards[i].name, err)
			}
		}
		return nil
	})
}

// unwind merges and unmerges pairs of a yard one after the other, in every way.
func (l *lab) unwind(ctx context.Context, in *inside, d desk, y *yard, first map[string]float64) error {
	took := map[string]times{}
	for range y.turns {
		survivor, absorbed := y.pair()
		for _, w := range ways {
			if w.only != "" && w.only != y.kind {
				continue
			}
			c := couple{in, d, y.room, survivor, absorbed, func(what string, d time.Duration) {
				took[what+", "+w.name] = append(took[what+", "+w.name], d)
			}}
			least, err := c.least(ctx)
			if err != nil {
				return err
			}
			c.took("least", least)
			if err := w.wind(c, ctx); err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
		}
	}
	for _, t := range took {
		slices.Sort(t)
	}
	for _, w := range ways {
		for _, t := range things {
			if ours := took[t.name+", "+w.name]; len(ours) > 0 {
				l.noteThing(t, w.name, y, ours, took["least, "+w.name], first)
			}
		}
	}
	return nil
}

// noteThing notes how long one thing took in a yard, and beside the first yard of its kind.
func (l *lab) noteThing(t thing, way string, y *yard, ours, limit times, first map[string]float64) {
	var goals []goal
	if t.whole && way == directly {
		goals = append(goals, atMostTimes(3))
	}
	if t.whole && y.most > 0 {
		goals = append(goals, atMost(y.most))
	}
	what, p50 := t.name+", "+way+", "+y.name, ours.ms(0.5)
	l.note(what+", p50", "ms", p50, limit.ms(0.5), goals...)
	if !t.whole && way != plainly {
		return
	}
	l.note(what+", p99", "ms", ours.ms(0.99), limit.ms(0.99))
	base := t.name + ", " + way + ", " + y.kind
	if least, known := first[base]; known && t.whole {
		l.note(what+" beside "+y.beside+", p50", "ms", p50, least, atMostTimes(1.5))
	}
	if first[base] == 0 {
		first[base] = p50
	}
}
