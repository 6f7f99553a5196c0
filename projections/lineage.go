package projections

import (
	"context"

	"github.com/jackc/pgx/v5"

	"skein/domain/contact"
	"skein/domain/space"
)

// Lineage is the contact and all that are, or ever were, one with it: those whose
// histories its own cannot be told without.
func Lineage(ctx context.Context, db DB, in space.ID, id contact.ID) ([]contact.ID, error) {
	rows, err := db.Query(ctx, `
		WITH RECURSIVE kin AS (
			SELECT $2::text COLLATE "C" AS id
			UNION
			SELECT CASE WHEN m.absorbed = kin.id THEN m.survivor ELSE m.absorbed END
			FROM kin JOIN contact_merges m ON m.space = $1 AND (m.absorbed = kin.id OR m.survivor = kin.id)
		)
		SELECT id FROM kin ORDER BY id = $2 DESC, id`, in, id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[contact.ID])
}
