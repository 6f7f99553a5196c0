package projections

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/process"
	"skein/domain/space"
)

// Processes keeps the processes that did not come to their end yet: a list of what is
// to be done if nobody is at it any more.
type Processes struct{}

// Tables implements Projection.
func (Processes) Tables() []string { return []string{"processes"} }

// Concerns implements Projection.
func (Processes) Concerns(s domain.Stream) bool { return s.Category() == "process" }

// Project implements Projection.
func (Processes) Project(ctx context.Context, tx pgx.Tx, page []domain.Recorded) error {
	var b pgx.Batch
	for _, r := range page {
		key := process.KeyOf(r.Stream)
		switch e := r.Event.(type) {
		case process.Started:
			b.Queue(`INSERT INTO processes VALUES ($1, $2, $3, $4)`, key.Space, key.ID, e.What, r.At)
		case process.GoneOn, process.TurnedBack:
			b.Queue(`UPDATE processes SET alive = $3 WHERE space = $1 AND id = $2`, key.Space, key.ID, r.At)
		case process.Ended:
			b.Queue(`DELETE FROM processes WHERE space = $1 AND id = $2`, key.Space, key.ID)
		}
	}
	return tx.SendBatch(ctx, &b).Close()
}

// Unfinished is a process that did not come to its end yet.
type Unfinished struct {
	Space space.ID
	ID    process.ID
	What  process.What
	Alive time.Time // when somebody last told that it goes on
}

// UnfinishedSpaces lists the spaces of which a process did not come to its end yet.
func UnfinishedSpaces(ctx context.Context, db DB) ([]space.ID, error) {
	return spacesIn(ctx, db, "processes")
}

// UnfinishedProcesses lists the next processes of a space that did not come to their end,
// in the order of their ids, behind one of them. There are no more of them if it is not full.
func UnfinishedProcesses(ctx context.Context, db DB, in space.ID, after process.ID) (next []Unfinished, full bool, err error) {
	rows, err := db.Query(ctx, `
		SELECT space, id, what, alive FROM processes WHERE space = $1 AND id > $2
		ORDER BY id LIMIT $3`, in, after, turn)
	if err != nil {
		return nil, false, err
	}
	next, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Unfinished])
	return next, len(next) == turn, err
}
