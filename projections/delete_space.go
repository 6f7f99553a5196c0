package projections

import (
	"context"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/credential"
	"skein/domain/erasure"
	"skein/domain/organization"
	"skein/domain/space"
)

// What happened in a space that is deleted shows nowhere any more. That is the same
// for all projections, so the projector sees to it: as soon as it follows the
// deletion, every row of the space leaves their tables, and whatever comes of the
// space after that, or is read of it again in a rebuild, is passed over. Rows of what
// is in a space have the column space.

// Concerns implements Projection.
func (p *Projector) Concerns(s domain.Stream) bool {
	switch s.Category() {
	case "organization", "erasure": // which tell of what matters to all
		return true
	}
	return p.Projection.Concerns(s)
}

// forAll reports whether an event matters to all projections.
func forAll(e domain.Event) bool {
	switch e.(type) {
	case organization.SpaceDeleted, erasure.Erased:
		return true
	}
	return false
}

// projectStanding projects what does not belong to a deleted space, and removes what
// does.
func (p *Projector) projectStanding(ctx context.Context, tx pgx.Tx, page []domain.Recorded) error {
	if err := p.deleted.load(ctx, tx, p.Name); err != nil {
		return err
	}
	var standing []domain.Recorded
	for _, r := range page {
		if p.Projection.Concerns(r.Stream) && !p.deleted.has(spaceOf(r)) {
			standing = append(standing, r)
		}
	}
	if len(standing) > 0 {
		if err := p.Project(ctx, tx, standing); err != nil {
			return err
		}
	}
	if err := p.hush(ctx, tx, page); err != nil {
		return err
	}
	if gone := deletedIn(page); len(gone) > 0 {
		return p.forget(ctx, tx, gone)
	}
	return nil
}

// spaceOf is the space that an event happened in, if it is one.
func spaceOf(r domain.Recorded) space.ID {
	in, id := r.Stream.Parts()
	if e, ok := r.Event.(credential.Issued); ok {
		return e.Space
	}
	if r.Stream.Category() == "space" {
		return space.ID(id)
	}
	return space.ID(in)
}

// forget removes the rows of spaces, also of what was parked of them, and notes that
// they are deleted.
func (p *Projector) forget(ctx context.Context, tx pgx.Tx, gone []space.ID) error {
	rows, err := tx.Query(ctx, `
		SELECT table_name::text FROM information_schema.columns
		WHERE table_schema = current_schema() AND column_name = 'space' AND table_name = ANY ($1)`, p.Tables())
	if err != nil {
		return err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	var b pgx.Batch
	for _, t := range tables {
		b.Queue(`DELETE FROM `+quoted(t)+` WHERE space = ANY ($1)`, gone)
	}
	b.Queue(`
		DELETE FROM parked_events
		WHERE projection = $1 AND split_part(substr(stream, strpos(stream, '-') + 1), '.', 1) = ANY ($2)`, p.Name, gone)
	b.Queue(`INSERT INTO deleted_spaces SELECT $1, id FROM unnest($2::text[]) AS id ON CONFLICT DO NOTHING`, p.Name, gone)
	return tx.SendBatch(ctx, &b).Close()
}

// deletedIn are the spaces that events tell the deletion of.
func deletedIn(events []domain.Recorded) (ids []space.ID) {
	for _, r := range events {
		if e, ok := r.Event.(organization.SpaceDeleted); ok {
			ids = append(ids, space.ID(e.Space))
		}
	}
	return ids
}
