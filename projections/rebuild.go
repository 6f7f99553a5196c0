package projections

import (
	"context"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/projections/still"
)

// rebuildPage is how many events a rebuild takes in at once. The more they are,
// the fewer rows are written more than once; three such pages are in memory.
const rebuildPage = 32768

// Journal yields the journal after a position, oldest first, up to its end.
type Journal func(ctx context.Context, after domain.Position) iter.Seq2[domain.Recorded, error]

// Rebuild fills the projection's tables anew from the journal, beside those in
// use, and puts them in their place when they have caught up. Until that moment
// everybody reads the old ones, and the projection goes on following; the tables
// change hands in one transaction. It is done again from the beginning if it was
// broken off. Progress, if given, is told the position reached.
func (p *Projector) Rebuild(ctx context.Context, from Journal, progress func(domain.Position)) error {
	if err := p.rebuild(ctx, from, progress); err != nil {
		return fmt.Errorf("rebuild %s: %w", p.Name, err)
	}
	return nil
}

func (p *Projector) rebuild(ctx context.Context, from Journal, progress func(domain.Position)) error {
	conn, err := p.DB.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	// One rebuild at a time: the lock goes with the connection, however this ends.
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock(hashtextextended('rebuild ' || current_schema() || ' ' || $1, 0))`, p.Name); err != nil {
		return err
	}
	defer conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(hashtextextended('rebuild ' || current_schema() || ' ' || $1, 0))`, p.Name)
	end, erasing, err := still.InPart(ctx, conn.Conn()) // which may wait for these very tables
	if err != nil {
		return err
	}
	defer end()

	beside, err := setUpBeside(ctx, conn.Conn(), p, toSwap)
	if err != nil {
		return err
	}
	defer beside.Close()
	if err := beside.catchUp(ctx, from, progress); err != nil {
		return err
	}
	if err := beside.index(ctx, conn.Conn()); err != nil {
		return err
	}
	if err := beside.catchUp(ctx, from, progress); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := p.hold(ctx, tx); err != nil {
			return err
		}
		if err := beside.catchUp(ctx, from, progress); err != nil {
			return err
		}
		if err := beside.swap(ctx, tx); err != nil || !erasing {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE checkpoints SET begun = position WHERE projection = $1`, p.Name) // see Mend
		return err
	})
}
