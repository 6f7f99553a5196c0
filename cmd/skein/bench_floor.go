package main

import (
	"context"
	"encoding/json"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"skein/domain"
)

// floor is the least that can be done to have events safe and shown: a record in a
// store for each of them, and a row in a table like that of the contacts, written
// page by page together with a checkpoint.
type floor struct {
	db    *pgxpool.Pool
	keep  func() error
	done  func() error
	crowd int // rows there are in the beginning
	made  counter

	mu      sync.Mutex
	waiting []int // numbers of those whose events are to be shown
	last    domain.Position
	news    chan struct{}
}

func openFloor(ctx context.Context, db *pgxpool.Pool, folder string, crowd int) (*floor, error) {
	f := &floor{db: db, crowd: crowd, news: make(chan struct{}, 1)}
	if _, err := db.Exec(ctx, `
		CREATE SCHEMA floor;
		CREATE TABLE floor.contacts (LIKE public.contacts INCLUDING ALL);
		CREATE TABLE floor.checkpoint (position bigint NOT NULL);
		INSERT INTO floor.checkpoint VALUES (0)`); err != nil {
		return nil, err
	}
	page := make([]int, crowd)
	for n := range page {
		page[n] = n
	}
	if err := f.show(ctx, page, 0); err != nil {
		return nil, err
	}
	var err error
	f.keep, f.done, err = openBare(folder, 0)
	return f, err
}

func (f *floor) close() error { return f.done() }

// offered has events offered to the floor at an even pace.
func (f *floor) offered(ctx context.Context, perSecond int, d time.Duration) (lags, error) {
	following, stop := context.WithCancel(ctx)
	defer stop()
	var seen []sighting
	ended := make(chan error, 1)
	go func() { ended <- f.follow(following, &seen) }()
	deeds, err := offer(ctx, perSecond, d, func(n int) (domain.Position, error) {
		who := n * 7919 % f.crowd
		if n%5 == 0 {
			who = f.crowd + f.made.next()
		}
		if err := f.keep(); err != nil {
			return 0, err
		}
		return f.hand(who), nil
	})
	if err != nil {
		return lags{}, err
	}
	stop()
	if err := <-ended; err != nil {
		return lags{}, err
	}
	return lagsOf(deeds, seen), nil
}

// hand hands an event that is safe to who follows.
func (f *floor) hand(who int) domain.Position {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting = append(f.waiting, who)
	f.last++
	select {
	case f.news <- struct{}{}:
	default:
	}
	return f.last
}

// follow shows what is handed to it, until ctx is over and nothing is left.
func (f *floor) follow(ctx context.Context, seen *[]sighting) error {
	for {
		const most = 512
		f.mu.Lock()
		page := f.waiting[:min(most, len(f.waiting))]
		f.waiting = f.waiting[len(page):]
		through := f.last - domain.Position(len(f.waiting))
		f.mu.Unlock()
		if len(page) > 0 {
			if err := f.show(context.WithoutCancel(ctx), page, through); err != nil {
				return err
			}
			*seen = append(*seen, sighting{through, time.Now()})
			continue
		}
		select {
		case <-f.news:
		case <-ctx.Done():
			return nil
		}
	}
}

// show writes the rows of a page.
func (f *floor) show(ctx context.Context, page []int, through domain.Position) error {
	written := map[int]bool{}
	var ids, names, fields, positions []string
	for _, n := range page {
		if written[n] {
			continue // a statement writes a row once
		}
		written[n] = true
		p := person(n)
		text, err := json.Marshal(p)
		if err != nil {
			return err
		}
		ids, names = append(ids, email(n)), append(names, p["first_name"]+" "+p["last_name"])
		fields, positions = append(fields, string(text)), append(positions, strconv.Itoa(int(through)))
	}
	return pgx.BeginFunc(ctx, f.db, func(tx pgx.Tx) error {
		var b pgx.Batch
		b.Queue(`
			INSERT INTO floor.contacts (space, id, name, name_folded, fields, folded, tags, tags_folded, created, position)
			SELECT 'floor', id, name, lower(name), fields::jsonb, lower(fields)::jsonb, '{}', '{}', now(), position::bigint
			FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS w (id, name, fields, position)
			ON CONFLICT (space, id) DO UPDATE SET name = excluded.name, name_folded = excluded.name_folded,
				fields = excluded.fields, folded = excluded.folded, tags = excluded.tags, tags_folded = excluded.tags_folded,
				last_interaction = excluded.last_interaction, position = excluded.position`, ids, names, fields, positions)
		b.Queue(`UPDATE floor.checkpoint SET position = $1`, through)
		return tx.SendBatch(ctx, &b).Close()
	})
}
