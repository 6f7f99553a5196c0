package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
)

// yard is a space with contacts that are merged and unmerged two by two.
type yard struct {
	room     commands.Room
	contacts []contact.ID
	next     int // whose turn it is
}

// pair is the next two contacts.
func (y *yard) pair(of int) (survivor, absorbed contact.ID) {
	i := y.next % (of / 2) * 2
	y.next++
	return y.contacts[i], y.contacts[i+1]
}

// unmerge measures merging and unmerging two contacts with ten events each, until
// everybody sees it, in spaces of different sizes, beside reading the two histories
// and committing one row.
func (l *lab) unmerge(ctx context.Context) (err error) {
	in, err := l.moveIn(ctx, "unmerge")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	yards := make([]yard, len(l.spaces))
	for i, size := range l.spaces {
		fmt.Fprintf(l.err, "unmerge: %d contacts come to be\n", size)
		if yards[i].room, err = in.room(ctx, fmt.Sprint("Customers ", size)); err != nil {
			return err
		}
		yards[i].contacts, err = in.fill(ctx, yards[i].room, size, func(n int) int {
			if n < 2*l.pairs*l.rounds {
				return 10
			}
			return 1
		})
		if err != nil {
			return err
		}
	}
	if err := in.projectors["contacts"].Rebuild(ctx, in.journal.All, nil); err != nil {
		return err
	}
	if _, err := in.db.Exec(ctx, `CREATE TABLE one (position bigint); INSERT INTO one VALUES (0)`); err != nil {
		return err
	}
	done, err := in.following(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()

	return l.each(ctx, "unmerge", func() error {
		least := 0.0
		for i, size := range l.spaces {
			merged, unmerged, limit, err := in.unwound(ctx, &yards[i], l.pairs, min(size, 2*l.pairs*l.rounds))
			if err != nil {
				return err
			}
			many := fmt.Sprintf("%d contacts", size)
			l.note("merge until shown, "+many+", p50", "ms", merged.ms(0.5), limit.ms(0.5))
			l.note("merge until shown, "+many+", p99", "ms", merged.ms(0.99), limit.ms(0.99))
			l.note("unmerge until shown, "+many+", p50", "ms", unmerged.ms(0.5), limit.ms(0.5), atMostTimes(3), atMost(5))
			l.note("unmerge until shown, "+many+", p99", "ms", unmerged.ms(0.99), limit.ms(0.99))
			if least == 0 {
				least = unmerged.ms(0.5)
				continue
			}
			l.note(fmt.Sprintf("unmerge until shown, %s beside %d", many, l.spaces[0]), "ms", unmerged.ms(0.5), least, atMostTimes(1.5))
		}
		return nil
	})
}

// unwound merges and unmerges pairs one after the other.
func (in *inside) unwound(ctx context.Context, y *yard, pairs, of int) (merged, unmerged, limit times, err error) {
	timed := func(took *times, do func() (domain.Position, error)) {
		if err != nil {
			return
		}
		began := time.Now()
		var at domain.Position
		if at, err = do(); err == nil {
			err = in.projectors["contacts"].Await(ctx, at)
		}
		*took = append(*took, time.Since(began))
	}
	for range pairs {
		survivor, absorbed := y.pair(of)
		timed(&limit, func() (domain.Position, error) { return 0, in.least(ctx, y.room, survivor, absorbed) })
		timed(&merged, func() (domain.Position, error) {
			return in.do.MergeContacts(ctx, by, y.room, survivor, absorbed, nil)
		})
		timed(&unmerged, func() (domain.Position, error) { return in.do.UnmergeContact(ctx, by, y.room, absorbed) })
	}
	slices.Sort(merged)
	slices.Sort(unmerged)
	slices.Sort(limit)
	return merged, unmerged, limit, err
}

// least is the least there is to do: the histories of the two are read, and one row
// is committed.
func (in *inside) least(ctx context.Context, room commands.Room, two ...contact.ID) error {
	for _, id := range two {
		s := contact.Key{Space: room.ID, ID: id}.Stream()
		events, err := in.client.ReadStream(ctx, string(s), esdb.ReadStreamOptions{From: esdb.Start{}}, math.MaxUint64)
		if err != nil {
			return err
		}
		for err == nil {
			_, err = events.Recv()
		}
		events.Close()
		if !errors.Is(err, io.EOF) {
			return err
		}
	}
	_, err := in.db.Exec(ctx, `UPDATE one SET position = position + 1`)
	return err
}
