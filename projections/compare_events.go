package projections

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/organization"
	"skein/domain/space"
	"skein/projections/verify"
)

// compare tells what is wrong with events, then in which rows the tables differ.
func (c *comparison) compare(ctx context.Context, tx pgx.Tx) error {
	if err := c.deletions(ctx); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `SELECT position, stream FROM `+quoted(c.schema, "parked_events"))
	if err != nil {
		return err
	}
	var at domain.Position
	var s domain.Stream
	if _, err := pgx.ForEachRow(rows, []any{&at, &s}, func() error { c.event(s, at, "cannot be taken in by "+c.Name); return nil }); err != nil {
		return err
	}
	for at, s := range c.passed {
		c.event(s, at, "was passed over by "+c.Name+", so the tables do not show it")
	}
	for _, r := range c.unread {
		if c.Projection.Concerns(r.Stream) && !(Contacts{}).Concerns(r.Stream) { // of those it is told where contacts are compared
			c.event(r.Stream, r.Position, "cannot be read")
		}
	}
	for _, t := range append(c.Tables(), "deleted_spaces") {
		if err := c.table(ctx, tx, t); err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
	}
	return nil
}

// event tells what is wrong with an event.
func (c *comparison) event(s domain.Stream, at domain.Position, wrong string) {
	in := spaceOf(domain.Recorded{Stream: s})
	c.differs(verify.Difference{In: "journal", Space: in, ID: string(s), Position: at, Wrong: wrong})
}

// deletions reads which spaces were deleted since the tables were as they are compared.
func (c *comparison) deletions(ctx context.Context) error {
	c.late = map[space.ID]bool{}
	for r, err := range c.from(ctx, c.at) {
		if err != nil && r.Stream == "" {
			return err
		}
		if e, ok := r.Event.(organization.SpaceDeleted); ok {
			c.late[space.ID(e.Space)] = true
		}
	}
	return nil
}

// differs tells a difference, unless it is in a space that was deleted meanwhile.
func (c *comparison) differs(d verify.Difference) {
	if !c.late[d.Space] {
		c.tell(d)
	}
}
