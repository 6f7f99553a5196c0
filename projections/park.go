package projections

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"skein/domain"
)

// Poisonous reports whether an error of a projection is the event's own fault, so
// that it would come again however often the event is tried: the database was
// there and found fault with the data (SQLSTATE classes 21, 22 and 23) or with its
// size (54).
func Poisonous(err error) bool {
	var fault *pgconn.PgError
	return errors.As(err, &fault) && slices.Contains([]string{"21", "22", "23", "54"}, fault.Code[:min(2, len(fault.Code))])
}

// Park notes that a projection passed over an event, and why.
func Park(ctx context.Context, db DB, projection string, at domain.Position, s domain.Stream, kind string, reason error) error {
	said := reason.Error()
	_, err := db.Exec(ctx, `
		INSERT INTO parked_events (projection, position, stream, kind, reason) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT DO NOTHING`, projection, at, s, kind, strings.ToValidUTF8(said[:min(len(said), 1000)], "?"))
	if err != nil {
		return fmt.Errorf("park event at %d: %w", at, err)
	}
	return nil
}

// Parked counts the events that each projection passed over. One that passed over
// none is not among them.
func Parked(ctx context.Context, db DB) (counts map[string]int, err error) {
	err = db.QueryRow(ctx, `
		SELECT coalesce(json_object_agg(projection, events), '{}')
		FROM (SELECT projection, count(*) AS events FROM parked_events GROUP BY projection) AS p`).Scan(&counts)
	return counts, err
}
