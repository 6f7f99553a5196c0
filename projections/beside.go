package projections

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"skein/domain"
)

// beside is a projection that is kept in a schema beside the one in use.
type beside struct {
	Projector
	live, schema string
}

// purpose is what tables beside those in use are for.
type purpose struct{ name, create string }

var (
	toSwap    = purpose{"rebuild", `CREATE TABLE `}
	toCompare = purpose{"verify", `CREATE UNLOGGED TABLE `} // nobody needs them later
)

// seeker is a Projection that looks rows up by other indexes than those of primary keys
// while it projects.
type seeker interface {
	Seeks() []string // the names of the indexes
}

// setUpBeside makes the schema with empty tables that have no indexes yet but
// those of their primary keys and those that projecting needs.
func setUpBeside(ctx context.Context, conn *pgx.Conn, p *Projector, what purpose) (*beside, error) {
	b := &beside{Projector: Projector{Name: p.Name, Projection: p.Projection}}
	if err := conn.QueryRow(ctx, `SELECT current_schema()`).Scan(&b.live); err != nil {
		return nil, err
	}
	b.schema = b.live + "_" + what.name + "_" + p.Name
	steps := []string{
		`DROP SCHEMA IF EXISTS ` + quoted(b.schema) + ` CASCADE`,
		`CREATE SCHEMA ` + quoted(b.schema),
	}
	for _, t := range append(p.Tables(), "checkpoints", "parked_events", "deleted_spaces") {
		steps = append(steps, what.create+quoted(b.schema, t)+` (LIKE `+quoted(b.live, t)+` INCLUDING ALL EXCLUDING INDEXES)`)
		var key string
		err := conn.QueryRow(ctx, `
			SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = $1::text::regclass AND contype = 'p'`, quoted(b.live, t)).Scan(&key)
		if err != nil {
			return nil, fmt.Errorf("primary key of %s: %w", t, err)
		}
		steps = append(steps, `ALTER TABLE `+quoted(b.schema, t)+` ADD `+key)
	}
	for _, s := range steps {
		if _, err := conn.Exec(ctx, s); err != nil {
			return nil, fmt.Errorf("%s: %w", s, err)
		}
	}
	config := p.DB.Config().Copy()
	config.MaxConns, config.MinConns = 2, 0
	config.ConnConfig.RuntimeParams["search_path"] = quoted(b.schema) + ", " + quoted(b.live)
	config.ConnConfig.RuntimeParams["synchronous_commit"] = "off" // what is lost is filled again
	if s, ok := p.Projection.(seeker); ok {
		if err := b.makeIndexes(ctx, conn, s.Seeks()); err != nil {
			return nil, err
		}
	}
	var err error
	b.DB, err = pgxpool.NewWithConfig(ctx, config)
	return b, err
}

// Close ends the connections; whatever is left of the schema is dropped by the
// next one for the same purpose.
func (b *beside) Close() { b.DB.Close() }

// catchUp follows the journal to its end. The next page is read while one is
// being taken in.
func (b *beside) catchUp(ctx context.Context, from Journal, progress func(domain.Position)) error {
	at, err := b.Checkpoint(ctx)
	if err != nil {
		return err
	}
	at = max(at, b.Reached())
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ready := make(chan Page)
	var broken error // of the reading; to be looked at when ready is closed
	go func() {
		defer close(ready)
		broken = b.read(ctx, from, at, ready)
	}()
	for page := range ready {
		if err := b.take(ctx, page); err != nil {
			return err
		}
		if progress != nil {
			progress(page.End)
		}
	}
	return broken
}

// take follows a page. The event in it that cannot be taken in, if there is one, is
// found by halving the page, and parked.
func (b *beside) take(ctx context.Context, page Page) error {
	err := b.Follow(ctx, page)
	if !Poisonous(err) {
		return err
	}
	if len(page.Events) == 1 {
		r := page.Events[0]
		if err := Park(ctx, b.DB, b.Name, r.Position, r.Stream, r.Kind(), err); err != nil {
			return err
		}
		b.reach(page.End)
		return nil
	}
	half := len(page.Events) / 2
	first := Page{Events: page.Events[:half], End: page.Events[half-1].Position}
	if err := b.take(ctx, first); err != nil {
		return err
	}
	return b.take(ctx, Page{Events: page.Events[half:], End: page.End})
}

// read reads the journal after a position into pages.
func (b *beside) read(ctx context.Context, from Journal, after domain.Position, ready chan<- Page) error {
	page := Page{End: after}
	hand := func() error {
		select {
		case ready <- page:
			page = Page{End: page.End}
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for r, err := range from(ctx, after) {
		if err != nil {
			return err
		}
		page.End = r.Position
		if b.Concerns(r.Stream) {
			page.Events = append(page.Events, r)
		}
		if len(page.Events) == rebuildPage {
			if err := hand(); err != nil {
				return err
			}
		}
	}
	if page.End == after {
		return nil
	}
	return hand()
}

// index makes the indexes that the tables in use have and these do not yet.
func (b *beside) index(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `
		SELECT indexname::text FROM pg_indexes WHERE schemaname = $1 AND tablename = ANY ($3)
		AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = indexname AND c.connamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1))
		EXCEPT
		SELECT indexname::text FROM pg_indexes WHERE schemaname = $2`, b.live, b.schema, b.Tables())
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	if err := b.makeIndexes(ctx, conn, names); err != nil {
		return err
	}
	return b.analyze(ctx, conn)
}

// analyze has the database know how much is in the tables.
func (b *beside) analyze(ctx context.Context, conn *pgx.Conn) error {
	for _, t := range b.Tables() {
		if _, err := conn.Exec(ctx, `ANALYZE `+quoted(b.schema, t)); err != nil {
			return err
		}
	}
	return nil
}

// makeIndexes makes indexes as the tables in use have them.
func (b *beside) makeIndexes(ctx context.Context, conn *pgx.Conn, names []string) error {
	rows, err := conn.Query(ctx, `SELECT indexdef FROM pg_indexes WHERE schemaname = $1 AND indexname = ANY ($2)`, b.live, names)
	if err != nil {
		return err
	}
	definitions, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, d := range definitions {
		d = strings.Replace(d, " ON "+quoted(b.live)+".", " ON "+quoted(b.schema)+".", 1)
		d = strings.Replace(d, " ON "+b.live+".", " ON "+quoted(b.schema)+".", 1)
		if _, err := conn.Exec(ctx, d); err != nil {
			return fmt.Errorf("%s: %w", d, err)
		}
	}
	return nil
}

// swap puts the tables in the place of those in use.
func (b *beside) swap(ctx context.Context, tx pgx.Tx) error {
	at, err := b.Checkpoint(ctx)
	if err != nil {
		return err
	}
	at = max(at, b.Reached())
	var steps []string
	for _, t := range []string{"parked_events", "deleted_spaces"} {
		if _, err = tx.Exec(ctx, `DELETE FROM `+quoted(b.live, t)+` WHERE projection = $1`, b.Name); err != nil {
			return err
		}
		steps = append(steps, `INSERT INTO `+quoted(b.live, t)+` SELECT * FROM `+quoted(b.schema, t))
	}
	for _, t := range b.Tables() {
		steps = append(steps, `DROP TABLE `+quoted(b.live, t), `ALTER TABLE `+quoted(b.schema, t)+` SET SCHEMA `+quoted(b.live))
	}
	for _, s := range append(steps, `DROP SCHEMA `+quoted(b.schema)+` CASCADE`) {
		if _, err := tx.Exec(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	_, err = tx.Exec(ctx, `UPDATE checkpoints SET position = greatest(position, $2) WHERE projection = $1`, b.Name, at)
	return err
}

func quoted(parts ...string) string { return pgx.Identifier(parts).Sanitize() }
