package projections

import (
	"context"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/erasure"
	"skein/domain/space"
	"skein/projections/still"
)

// Unremoved is an erasure of which files of the journal may still hold something.
type Unremoved struct {
	erasure.Key
	Position domain.Position
}

// UnremovedErasures lists the erasures of which files may still hold something, the first
// one first: a list of what is to be done. An erasure is recorded when all is redacted.
func UnremovedErasures(ctx context.Context, db DB) ([]Unremoved, error) {
	rows, err := db.Query(ctx, `SELECT space, contact, position FROM erasures WHERE removed IS NULL ORDER BY position`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (u Unremoved, err error) {
		return u, row.Scan(&u.Space, &u.Contact, &u.Position)
	})
}

// Passed reports whether all projections that have these names, and all others whose
// checkpoints are kept, have passed a position, be it in this process or in another one,
// and none of them is being told anew, or compared, from the beginning.
func Passed(ctx context.Context, db DB, at domain.Position, names ...string) (passed bool, err error) {
	if telling, err := still.Telling(ctx, db); err != nil || telling {
		return false, err
	}
	err = db.QueryRow(ctx, `
		SELECT NOT EXISTS (SELECT FROM checkpoints WHERE position < $1)
			AND NOT EXISTS (SELECT FROM unnest($2::text[]) AS name WHERE name NOT IN (SELECT projection FROM checkpoints))`,
		at, names).Scan(&passed)
	return passed, err
}

// hush forgets why events of contacts were passed over in spaces where somebody was erased:
// that may tell what the events held.
func (p *Projector) hush(ctx context.Context, tx pgx.Tx, page []domain.Recorded) error {
	var in []space.ID
	for _, r := range page {
		if _, is := r.Event.(erasure.Erased); is {
			in = append(in, spaceOf(r))
		}
	}
	if len(in) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `
		UPDATE parked_events SET reason = ''
		WHERE projection = $1 AND split_part(substr(stream, strpos(stream, '-') + 1), '.', 1) = ANY ($2)`, p.Name, in)
	return err
}
