package projections

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"skein/domain"
	"skein/domain/organization"
	"skein/domain/space"
)

// projectDeletion keeps what an organization has to be able to look up of the spaces
// it deleted, and nothing else of them.
func projectDeletion(b *pgx.Batch, r domain.Recorded) {
	_, of := r.Stream.Parts()
	switch e := r.Event.(type) {
	case organization.SpaceDeleted:
		b.Queue(`DELETE FROM spaces WHERE id = $1`, e.Space)
		b.Queue(`INSERT INTO space_deletions (id, organization, deleted_by, deleted, position, usage) VALUES ($1, $2, $3, $4, $5, $6)`,
			e.Space, of, r.By.Actor, r.At, r.Position, append([]organization.Usage{}, e.Usage...))
	case organization.SpaceDestroyed:
		b.Queue(`UPDATE space_deletions SET destroyed = $2, streams = $3 WHERE id = $1`, e.Space, r.At, e.Streams)
		b.Queue(`DELETE FROM space_destructions WHERE id = $1`, e.Space)
	}
}

// Deletion is a space that was deleted.
type Deletion struct {
	Space     space.ID            `json:"space"`
	By        organization.UserID `json:"by" doc:"Who deleted it"`
	Deleted   time.Time           `json:"deleted"`
	Destroyed *time.Time          `json:"destroyed,omitempty" doc:"Since when nothing is left of it; none: its destruction is under way"`
	Streams   int64               `json:"streams" doc:"How many histories were destroyed, so far if it is under way: about one or two a contact"`
	Position  domain.Position     `json:"position" doc:"Of the deletion in the journal"`
}

// ListDeletions lists the spaces that an organization deleted, the last one first. It
// returns the cursor of the next page, empty on the last one.
func ListDeletions(ctx context.Context, db DB, of organization.ID, cursor string, limit int) ([]Deletion, string, error) {
	before, err := positionBefore(cursor, "deletions", string(of))
	if err != nil {
		return nil, "", err
	}
	rows, err := db.Query(ctx, `
		SELECT d.id AS space, deleted_by AS by, deleted, destroyed, coalesce(d.streams, u.streams, 0) AS streams, position
		FROM space_deletions d LEFT JOIN space_destructions u ON u.id = d.id
		WHERE organization = $1 AND position < $2 ORDER BY position DESC LIMIT $3`, of, before, limit+1)
	if err != nil {
		return nil, "", err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Deletion])
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	return list[:limit], sealPosition(list[limit-1].Position, "deletions", string(of)), nil
}

// Doomed is a deleted space that is to be destroyed.
type Doomed struct {
	Space        space.ID
	Organization organization.ID
	Position     domain.Position
	Deleted      time.Time
}

// DoomedSpaces lists the deleted spaces of which something may be left, the first
// deleted first: a list of what is to be done.
func DoomedSpaces(ctx context.Context, db DB) ([]Doomed, error) {
	rows, err := db.Query(ctx, `
		SELECT id, organization, position, deleted FROM space_deletions WHERE destroyed IS NULL ORDER BY position`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Doomed])
}

// NoteDestruction notes how far the destruction of a space is.
func NoteDestruction(ctx context.Context, db DB, id space.ID, streams int) error {
	_, err := db.Exec(ctx, `
		INSERT INTO space_destructions VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET streams = excluded.streams`, id, streams)
	return err
}

// Alone carries out do unless somebody else, in this process or another one on the
// same database, is carrying out something under the same name. It reports whether do
// was carried out.
func Alone(ctx context.Context, db *pgxpool.Pool, name string, do func() error) (bool, error) {
	conn, err := db.Acquire(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Release()
	var free bool
	const key = `hashtextextended(current_schema() || ' ' || $1, 0)`
	if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock(`+key+`)`, name).Scan(&free); err != nil || !free {
		return false, err
	}
	defer conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(`+key+`)`, name)
	return true, do()
}
