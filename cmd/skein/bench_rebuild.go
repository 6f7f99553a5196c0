package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/projections"
)

// rebuild measures how fast read models come to be from the journal: filled anew,
// beside a scan of the same journal into a bare table, and followed from its
// beginning by a projector that has fallen behind.
func (l *lab) rebuild(ctx context.Context) (err error) {
	in, err := l.moveIn(ctx, "rebuild")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	room, err := in.room(ctx, "Customers")
	if err != nil {
		return err
	}
	const each = 10 // events of a contact
	if _, err := in.fill(ctx, room, l.events/each, func(int) int { return each }); err != nil {
		return err
	}
	if _, err := in.db.Exec(ctx, `CREATE SCHEMA bare`); err != nil {
		return err
	}
	return l.each(ctx, "rebuild", func() error {
		limit, err := in.scan(ctx)
		if err != nil {
			return err
		}
		singly, err := in.singly(ctx, min(500, l.events/each))
		if err != nil {
			return err
		}
		began := time.Now()
		if err := in.projectors["contacts"].Rebuild(ctx, in.journal.All, nil); err != nil {
			return err
		}
		ours := float64(l.events) / time.Since(began).Seconds()
		l.note("rebuild contacts", "events/s", ours, float64(l.events)/limit.Seconds(), atLeastTimes(0.8), atLeast(200_000))
		l.note("rebuild contacts, beside a commit for each event", "events/s", ours, singly, atLeastTimes(100))

		took, err := in.catchUp(ctx)
		if err != nil {
			return err
		}
		// A backlog of 100,000 events is to be gone within 10 s.
		l.note("catch up a backlog of all events", "events/s", float64(l.events)/took.Seconds(), float64(l.events)/limit.Seconds(), atLeast(10_000))
		return nil
	})
}

// singly is how many events a second show if each is written and committed by itself.
func (in *inside) singly(ctx context.Context, events int) (perSecond float64, err error) {
	if _, err := in.db.Exec(ctx, `
		DROP TABLE IF EXISTS bare.singly;
		CREATE TABLE bare.singly (LIKE public.contacts INCLUDING ALL)`); err != nil {
		return 0, err
	}
	began := time.Now()
	for n := range events {
		if _, err := in.db.Exec(ctx, `
			INSERT INTO bare.singly (space, id, name, name_folded, fields, folded, tags, tags_folded, created, position)
			VALUES ('bare', $1, $2, lower($2), $3, $3, '{}', '{}', now(), $4)
			ON CONFLICT (space, id) DO UPDATE SET fields = excluded.fields, folded = excluded.folded, position = excluded.position`,
			email(n/2), person(n)["last_name"], person(n), n); err != nil {
			return 0, err
		}
	}
	return float64(events) / time.Since(began).Seconds(), nil
}

// catchUp empties the read models, lets the projectors follow the journal from its
// beginning, and says how long it takes until all contacts show.
func (in *inside) catchUp(ctx context.Context) (took time.Duration, err error) {
	in.projectors = in.house.projectors() // which have not shown anything yet
	tables := pgx.Identifier{"checkpoints"}.Sanitize()
	for _, name := range slices.Sorted(maps.Keys(in.projectors)) {
		for _, t := range projections.Projection(in.projectors[name]).Tables() {
			tables += ", " + pgx.Identifier{t}.Sanitize()
		}
	}
	if _, err := in.db.Exec(ctx, `TRUNCATE `+tables); err != nil {
		return 0, err
	}
	began := time.Now()
	done, err := in.following(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, done()) }()
	err = in.shown(ctx)
	return time.Since(began), err
}
