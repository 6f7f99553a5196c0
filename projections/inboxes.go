package projections

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/domain/inbox"
	"skein/domain/space"
)

// Inbox is a Custom Inbox with the number of contacts it shows.
type Inbox struct {
	ID       inbox.ID     `json:"id"`
	Name     string       `json:"name"`
	Filter   inbox.Filter `json:"filter"`
	Saved    time.Time    `json:"saved"`
	Contacts int64        `json:"contacts" doc:"Contacts it shows: kept, not counted on demand"`
}

// ListInboxes lists the inboxes of a space by name.
func ListInboxes(ctx context.Context, db DB, in space.ID) ([]Inbox, error) {
	rows, err := db.Query(ctx, `SELECT id, name, filter, saved, contacts FROM inboxes WHERE space = $1 ORDER BY name, id`, in)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[Inbox])
}

// OneInbox is one inbox of a space.
func OneInbox(ctx context.Context, db DB, in space.ID, id inbox.ID) (Inbox, error) {
	rows, err := db.Query(ctx, `SELECT id, name, filter, saved, contacts FROM inboxes WHERE space = $1 AND id = $2`, in, id)
	if err != nil {
		return Inbox{}, err
	}
	i, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Inbox])
	if errors.Is(err, pgx.ErrNoRows) {
		err = inbox.ErrUnknown
	}
	return i, err
}
