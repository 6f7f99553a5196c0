package projections

import (
	"context"

	"github.com/jackc/pgx/v5"

	"skein/domain/space"
)

// turn is how many of a space are listed at once: after so many the others have their
// turn.
const turn = 100

// spacesIn lists the spaces of which a table with the index (space, …) has rows: it looks
// at one row of each, however many there are.
func spacesIn(ctx context.Context, db DB, table string) ([]space.ID, error) {
	name := pgx.Identifier{table}.Sanitize()
	rows, err := db.Query(ctx, `
		WITH RECURSIVE spaces AS (
			(SELECT space FROM `+name+` ORDER BY space LIMIT 1)
			UNION ALL
			SELECT (SELECT t.space FROM `+name+` t WHERE t.space > s.space ORDER BY t.space LIMIT 1) FROM spaces s WHERE s.space IS NOT NULL
		)
		SELECT space FROM spaces WHERE space IS NOT NULL`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[space.ID])
}
