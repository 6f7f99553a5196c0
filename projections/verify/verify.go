// Package verify tells every contact anew from the journal and compares what comes out
// with the read models, row by row and field by field (D5-6). It shares with those who
// write them nothing but the domain, above all the one way a contact is told (contact.Family).
//
// It runs beside those who write: the tables are looked at as they are at one moment,
// and the journal up to where they showed it then. Contacts are told in parts of bounded
// size, those that were ever one with another, or split off another, in the same part.
package verify

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"skein/domain"
	"skein/domain/space"
	"skein/projections/still"
)

// Journal yields, oldest first, the events up to a position of those streams with one of
// the prefixes that are wanted. An event that cannot be read comes with its error.
//
// What is wanted is asked by another goroutine than the one that looks at what is yielded,
// and at the same time, however far ahead: wanted must not read what that one writes. When
// the reading ends, nothing is asked any more.
type Journal func(ctx context.Context, until domain.Position, wanted func(domain.Stream) bool, prefixes ...string) iter.Seq2[domain.Recorded, error]

// Verification compares the read models of contacts with the journal.
type Verification struct {
	DB      *pgxpool.Pool
	Journal Journal
	End     func(context.Context) (domain.Position, error) // of the journal
	Hash    func(parts ...string) string                   // names the streams of identifiers
	Space   space.ID                                       // the only one that is looked at; empty: all

	// Tell is told each difference.
	Tell func(Difference)

	// Reach, if given, is told what is being done, and how far that is.
	Reach func(what string, at domain.Position)

	// AtOnce is how many contacts are told at the same time, about; zero: 50,000.
	AtOnce int

	// Patience is how long what somebody may just be doing to identifiers has time to
	// come to its end, before it is told as a difference.
	Patience time.Duration
}

// Summary is what was compared.
type Summary struct {
	Position     domain.Position `json:"position"` // that the tables showed
	Contacts     int             `json:"contacts"` // told from the journal, whatever became of them
	Standing     int             `json:"standing"`
	Interactions int             `json:"interactions"`
	Merges       int             `json:"merges"`
	Splits       int             `json:"splits"`
	Spaces       int             `json:"spaces"`
	Inboxes      int             `json:"inboxes"`
	Identifiers  int             `json:"identifiers"` // values that name one contact, and are shown
	Parts        int             `json:"parts"`
	Differences  int             `json:"differences"`
}

const (
	atOnce = 50_000
	// projection is the name of the checkpoint of the tables.
	projection = "contacts"
)

// check is a verification under way.
type check struct {
	Verification
	tx      pgx.Tx
	until   domain.Position
	outline *outline
	done    Summary
	waiting []Difference // until it is known that their space was not deleted meanwhile
	names   names
}

// Run compares everything, and returns how much that was.
func (v Verification) Run(ctx context.Context) (Summary, error) {
	if v.AtOnce == 0 {
		v.AtOnce = atOnce
	}
	if v.Reach == nil {
		v.Reach = func(string, domain.Position) {}
	}
	c := &check{Verification: v}
	conn, err := c.DB.Acquire(ctx)
	if err != nil {
		return c.done, err
	}
	defer conn.Release()
	end, err := still.Told(ctx, conn.Conn())
	if err != nil {
		return c.done, fmt.Errorf("verify: %w", err)
	}
	defer end()
	if err := c.beside(ctx, c.compare); err != nil {
		return c.done, fmt.Errorf("verify: %w", err)
	}
	if err := c.identifiers(ctx); err != nil {
		return c.done, fmt.Errorf("verify identifiers: %w", err)
	}
	return c.done, nil
}

// beside calls do with the tables as they are at one moment. They are not rebuilt
// meanwhile, for that would change them for others.
func (c *check) beside(ctx context.Context, do func(context.Context) error) error {
	conn, err := c.DB.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	const lock = `(hashtextextended('rebuild ' || current_schema() || ' ' || $1, 0))`
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock_shared`+lock, projection); err != nil {
		return err
	}
	defer conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock_shared`+lock, projection)
	once := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, conn, once, func(tx pgx.Tx) error {
		c.tx = tx
		err := tx.QueryRow(ctx, `SELECT coalesce((SELECT position FROM checkpoints WHERE projection = $1), 0)`, projection).Scan(&c.until)
		if err != nil {
			return err
		}
		c.done.Position = c.until
		return do(ctx)
	})
}

// compare compares everything but identifiers.
func (c *check) compare(ctx context.Context) error {
	parked, err := c.parked(ctx)
	if err != nil {
		return err
	}
	if c.outline, err = c.survey(ctx, c.until, parked); err != nil {
		return err
	}
	if c.Space != "" && c.outline.rooms[c.Space] == nil {
		return space.ErrUnknown
	}
	for _, u := range c.outline.unread {
		c.differs(u)
	}
	parts := c.outline.parts(c.Space, c.AtOnce)
	for i, p := range parts {
		if err := c.part(ctx, fmt.Sprintf("contacts, part %d of %d", i+1, len(parts)), p); err != nil {
			return err
		}
		if err := c.say(ctx); err != nil {
			return err
		}
	}
	c.done.Parts = len(parts)
	if err := c.counts(ctx); err != nil {
		return err
	}
	return c.say(ctx)
}

// part compares the contacts of one part.
func (c *check) part(ctx context.Context, what string, p part) error {
	told, err := c.tell(ctx, what, c.until, c.outline, p.has, p.prefix(), false)
	if err != nil {
		return err
	}
	steps := []func(context.Context, part, telling) error{c.stories, c.shown, c.merged, c.split, c.said}
	for _, step := range steps {
		if err := step(ctx, p, told); err != nil {
			return err
		}
	}
	for in, r := range told {
		room := c.outline.rooms[in]
		if room != nil {
			room.changes = append(room.changes, r.changes...)
		}
		if room != nil && room.opened {
			c.names.note(c.outline, in, room.state, r, c.Hash)
		}
	}
	return nil
}
