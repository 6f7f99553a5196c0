package projections

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/erasure"
	"skein/domain/space"
)

// Erasures keeps which contacts were erased, and of which of them the files of the journal
// may still hold something.
type Erasures struct{}

// Tables implements Projection.
func (Erasures) Tables() []string { return []string{"erasures"} }

// Concerns implements Projection.
func (Erasures) Concerns(s domain.Stream) bool { return s.Category() == "erasure" }

// Project implements Projection.
func (Erasures) Project(ctx context.Context, tx pgx.Tx, page []domain.Recorded) error {
	var b pgx.Batch
	for _, r := range page {
		key := erasure.KeyOf(r.Stream)
		switch e := r.Event.(type) {
		case erasure.Erased:
			b.Queue(`
				INSERT INTO erasures (space, contact, members, streams, reason, erased, erased_by, position)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
				key.Space, key.Contact, e.Members, e.Streams, e.Reason, r.At, r.By.Actor, r.Position)
		case erasure.Removed:
			b.Queue(`UPDATE erasures SET removed = $3 WHERE space = $1 AND contact = $2`, key.Space, key.Contact, r.At)
		}
	}
	return tx.SendBatch(ctx, &b).Close()
}

// Erasure is a contact that was erased.
type Erasure struct {
	Contact  contact.ID      `json:"contact"`
	Members  []contact.ID    `json:"members" doc:"All of whom nothing is left: the contact, and what it had absorbed"`
	Streams  int64           `json:"streams" doc:"In how many histories there was something of them"`
	Reason   string          `json:"reason,omitempty" doc:"What people said why"`
	Erased   time.Time       `json:"erased" doc:"Since when nobody can read it"`
	By       domain.Actor    `json:"by"`
	Removed  *time.Time      `json:"removed,omitempty" doc:"Since when no file of the journal holds it; none: it is still to leave them"`
	Position domain.Position `json:"position" doc:"Of the erasure in the journal"`
}

// ListErasures lists the contacts of a space that were erased, the last one first. It
// returns the cursor of the next page, empty on the last one.
func ListErasures(ctx context.Context, db DB, in space.ID, cursor string, limit int) ([]Erasure, string, error) {
	before, err := positionBefore(cursor, "erasures", string(in))
	if err != nil {
		return nil, "", err
	}
	rows, err := db.Query(ctx, `
		SELECT contact, members, streams, reason, erased, erased_by AS by, removed, position
		FROM erasures WHERE space = $1 AND position < $2 ORDER BY position DESC LIMIT $3`, in, before, limit+1)
	if err != nil {
		return nil, "", err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Erasure])
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	return list[:limit], sealPosition(list[limit-1].Position, "erasures", string(in)), nil
}
