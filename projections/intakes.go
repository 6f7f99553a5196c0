package projections

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/intake"
	"skein/domain/space"
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

// Intake is a sender whose messages wait for room in their space.
type Intake struct {
	Sender string
	Since  time.Time
}

// IntakeSpaces lists the spaces in which anything waits: what is to be done.
func IntakeSpaces(ctx context.Context, db DB) ([]space.ID, error) {
	return spacesIn(ctx, db, "intakes")
}

// Intakes lists the next senders whose messages wait for room in a space, those who wait
// longest first: none of those up to a sender that was listed before, of whom the zero
// Intake is none. There are no more of them if it is not full.
func Intakes(ctx context.Context, db DB, in space.ID, after Intake) (next []Intake, full bool, err error) {
	rows, err := db.Query(ctx, `
		SELECT sender, since FROM intakes WHERE space = $1 AND (since, sender) > ($2, $3)
		ORDER BY since, sender LIMIT $4`, in, after.Since, after.Sender, turn)
	if err != nil {
		return nil, false, err
	}
	next, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Intake])
	return next, len(next) == turn, err
}
