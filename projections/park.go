package projections

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"skein/domain"
)

// Poisonous reports whether an error of a projection is the event's own fault, so
// that it would come again however often the event is tried: the database was
// there and found fault with the data (SQLSTATE classes 22 and 23).
func Poisonous(err error) bool {
	var fault *pgconn.PgError
	return errors.As(err, &fault) && (strings.HasPrefix(fault.Code, "22") || strings.HasPrefix(fault.Code, "23"))
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
