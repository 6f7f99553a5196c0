// Package projections tells what people see of the system from its journal.
// Each file keeps one set of tables: how events change them, and how they are asked.
package projections

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"skein/domain"
)

// A Projection changes its tables by what a page of the journal says.
type Projection interface {
	// Tables are the tables it keeps, all its own. A rebuild fills them anew.
	Tables() []string

	// Concerns reports whether events of the stream matter to it.
	Concerns(s domain.Stream) bool

	// Project changes the tables within tx. The page holds what concerns it, in
	// the order of the journal.
	Project(ctx context.Context, tx pgx.Tx, page []domain.Recorded) error
}

// DB answers queries: a pool, a connection or a transaction.
type DB interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// A Page is an unbroken piece of the journal that ends at a position: whatever
// had arrived when it was wanted. Events that do not concern the projection may
// have been left out of it.
type Page struct {
	Events []domain.Recorded
	End    domain.Position
}

// A Projector keeps a projection in step with the journal: every event is
// projected once, and in order, however often and by how many it is handed in.
type Projector struct {
	// Name names the projection's checkpoint.
	Name string
	Projection
	DB *pgxpool.Pool

	mu      sync.Mutex
	deleted deletedSpaces
	reached domain.Position // what this process knows the tables to show
	kept    domain.Position // the checkpoint, as far as this process knows
	moved   chan struct{}   // closed when reached moves on
}

// Checkpoint is the position up to which the tables show the journal.
func (p *Projector) Checkpoint(ctx context.Context) (domain.Position, error) {
	var at domain.Position
	err := p.DB.QueryRow(ctx, `SELECT position FROM checkpoints WHERE projection = $1`, p.Name).Scan(&at)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return 0, fmt.Errorf("checkpoint of %s: %w", p.Name, err)
	}
	p.reach(at)
	p.keep(at)
	return at, nil
}

// Follow projects what is new in a page, in one transaction that moves the
// checkpoint along.
func (p *Projector) Follow(ctx context.Context, page Page) error {
	events := page.concerning(p.Projection)
	if len(events) == 0 {
		return p.pass(ctx, page.End)
	}
	p.deleted.note(events)
	err := pgx.BeginFunc(ctx, p.DB, func(tx pgx.Tx) error {
		at, err := p.hold(ctx, tx)
		if err != nil {
			return err
		}
		for len(events) > 0 && events[0].Position <= at {
			events = events[1:]
		}
		if len(events) > 0 {
			if err := p.projectStanding(ctx, tx, events); err != nil {
				return err
			}
		}
		if page.End <= at {
			return nil
		}
		_, err = tx.Exec(ctx, `UPDATE checkpoints SET position = $2 WHERE projection = $1`, p.Name, page.End)
		return err
	})
	if err != nil {
		return fmt.Errorf("projection %s: %w", p.Name, err)
	}
	p.reach(page.End)
	p.keep(page.End)
	return nil
}

// hold is the checkpoint, which nobody else moves until tx ends.
func (p *Projector) hold(ctx context.Context, tx pgx.Tx) (at domain.Position, err error) {
	err = tx.QueryRow(ctx, `
		INSERT INTO checkpoints VALUES ($1, 0)
		ON CONFLICT (projection) DO UPDATE SET projection = excluded.projection
		RETURNING position`, p.Name).Scan(&at)
	return at, err
}

// idle is how far the journal may go on without concerning the projection until
// its checkpoint is moved all the same, so that a start need not read it all again.
const idle = 10_000

// pass passes over a piece of the journal that does not concern the projection.
func (p *Projector) pass(ctx context.Context, end domain.Position) error {
	p.mu.Lock()
	kept := p.kept
	p.mu.Unlock()
	if end >= kept+idle {
		_, err := p.DB.Exec(ctx, `
			INSERT INTO checkpoints AS c VALUES ($1, $2)
			ON CONFLICT (projection) DO UPDATE SET position = greatest(c.position, excluded.position)`, p.Name, end)
		if err != nil {
			return fmt.Errorf("checkpoint of %s: %w", p.Name, err)
		}
		p.keep(end)
	}
	p.reach(end)
	return nil
}

func (p *Projector) keep(at domain.Position) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept = max(p.kept, at)
}

func (p Page) concerning(to Projection) (events []domain.Recorded) {
	for _, r := range p.Events {
		if forAll(r.Event) || to.Concerns(r.Stream) {
			events = append(events, r)
		}
	}
	return events
}
