package projections

import (
	"context"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/intake"
)

// projectIntake notes how many messages of a sender wait for room.
func projectIntake(b *pgx.Batch, r domain.Recorded) {
	key := intake.KeyOf(r.Stream)
	switch e := r.Event.(type) {
	case intake.TurnedAway:
		b.Queue(`
			INSERT INTO intakes AS i VALUES ($1, $2, 1, $3)
			ON CONFLICT (space, sender) DO UPDATE SET waiting = i.waiting + 1`, key.Space, key.Sender, r.At)
	case intake.TakenUp:
		b.Queue(`UPDATE intakes SET waiting = waiting - $3 WHERE space = $1 AND sender = $2`, key.Space, key.Sender, len(e.Messages))
		b.Queue(`DELETE FROM intakes WHERE space = $1 AND sender = $2 AND waiting <= 0`, key.Space, key.Sender)
	}
}

// mostIntakes is how many senders are taken up at once.
const mostIntakes = 1000

// Intakes lists senders whose messages wait for room in their space, those who wait
// longest first: what is to be done. Where a space is full all the same, whoever is a
// contact by now is heard.
func Intakes(ctx context.Context, db DB) ([]intake.Key, error) {
	rows, err := db.Query(ctx, `SELECT space, sender FROM intakes ORDER BY since, space, sender LIMIT $1`, mostIntakes)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[intake.Key])
}
