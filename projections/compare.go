package projections

import (
	"context"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/space"
	"skein/projections/still"
	"skein/projections/verify"
)

// Compare fills the projection's tables anew from the journal, beside those in use, and
// compares the two, row by row and column by column. It tells each difference, and
// returns the position at which they were compared. It runs beside those who write:
// those in use are looked at as they are at one moment, at which the projection stands
// still until the new ones have caught up with it.
//
// The new tables are filled by the same projection as those in use, so what is found is
// what became of them since, and not what the projection gets wrong.
func (p *Projector) Compare(ctx context.Context, from Journal, tell func(verify.Difference), progress func(domain.Position)) (domain.Position, error) {
	at, err := p.compare(ctx, from, tell, progress)
	if err != nil {
		return 0, fmt.Errorf("compare %s: %w", p.Name, err)
	}
	return at, nil
}

func (p *Projector) compare(ctx context.Context, from Journal, tell func(verify.Difference), progress func(domain.Position)) (domain.Position, error) {
	conn, err := p.DB.Acquire(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Release()
	// One comparison at a time, and no rebuild meanwhile: the locks go with the connection.
	for _, lock := range []string{
		`lock(hashtextextended('verify ' || current_schema() || ' ' || $1, 0))`,
		`lock_shared(hashtextextended('rebuild ' || current_schema() || ' ' || $1, 0))`,
	} {
		if _, err := conn.Exec(ctx, `SELECT pg_advisory_`+lock, p.Name); err != nil {
			return 0, err
		}
		defer conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_un`+lock, p.Name)
	}
	end, err := still.Told(ctx, conn.Conn())
	if err != nil {
		return 0, err
	}
	defer end()
	b, err := setUpBeside(ctx, conn.Conn(), p, toCompare)
	if err != nil {
		return 0, err
	}
	defer conn.Exec(context.WithoutCancel(ctx), `DROP SCHEMA IF EXISTS `+quoted(b.schema)+` CASCADE`)
	defer b.Close()
	c := &comparison{beside: b, from: from, tell: tell, progress: progress}
	for range 2 { // what happens while the first is filled is little
		at, err := p.Checkpoint(ctx)
		if err != nil {
			return 0, err
		}
		if err := c.fill(ctx, at); err != nil {
			return 0, err
		}
	}
	if err := b.analyze(ctx, conn.Conn()); err != nil {
		return 0, err
	}
	tx, err := c.meet(ctx, p, conn.Conn())
	if err != nil {
		return 0, err
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	return c.at, c.compare(ctx, tx)
}

// comparison is a comparison under way.
type comparison struct {
	*beside
	from     Journal
	tell     func(verify.Difference)
	progress func(domain.Position)

	at     domain.Position                   // up to which both tell the journal
	passed map[domain.Position]domain.Stream // what those in use passed over
	unread []domain.Recorded
	late   map[space.ID]bool // deleted after that: the journal may hold nothing of them any more
}

// fill has the new tables tell the journal up to a position that those in use show. They
// pass over what those passed over.
func (c *comparison) fill(ctx context.Context, at domain.Position) error {
	rows, err := c.DB.Query(ctx, `SELECT position, stream FROM `+quoted(c.live, "parked_events")+` WHERE projection = $1 AND position <= $2`, c.Name, at)
	if err != nil {
		return err
	}
	c.passed = map[domain.Position]domain.Stream{}
	var position domain.Position
	var s domain.Stream
	if _, err := pgx.ForEachRow(rows, []any{&position, &s}, func() error { c.passed[position] = s; return nil }); err != nil {
		return err
	}
	if err := c.catchUp(ctx, c.until(at), c.progress); err != nil {
		return err
	}
	c.at = at
	c.reach(at)
	return nil
}

// until is the journal up to a position, without what cannot be read and what was passed
// over.
func (c *comparison) until(at domain.Position) Journal {
	return func(ctx context.Context, after domain.Position) iter.Seq2[domain.Recorded, error] {
		return func(yield func(domain.Recorded, error) bool) {
			if after >= at {
				return
			}
			for r, err := range c.from(ctx, after) {
				if r.Position > at {
					return
				}
				_, passed := c.passed[r.Position]
				switch {
				case passed:
				case err != nil && r.Stream != "":
					c.unread = append(c.unread, r)
				case !yield(r, err):
					return
				}
			}
		}
	}
}

// meet brings the new tables to where those in use are while these stand still, and
// begins to look at both.
func (c *comparison) meet(ctx context.Context, p *Projector, conn *pgx.Conn) (both pgx.Tx, err error) {
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		at, err := p.hold(ctx, tx)
		if err != nil {
			return err
		}
		if err := c.fill(ctx, at); err != nil {
			return err
		}
		if both, err = c.DB.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}); err != nil {
			return err
		}
		var seen domain.Position // from here on, what comes is not
		err = both.QueryRow(ctx, `SELECT coalesce((SELECT position FROM `+quoted(c.live, "checkpoints")+` WHERE projection = $1), 0)`, c.Name).Scan(&seen)
		if err == nil && seen != at {
			err = fmt.Errorf("the tables are at position %d, and not at %d", seen, at)
		}
		return err
	})
	if err != nil && both != nil {
		_ = both.Rollback(context.WithoutCancel(ctx))
	}
	return both, err
}
