package projections

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/inbox"
	"skein/domain/space"
)

// projectRoom projects what happens to a space or one of its inboxes.
func projectRoom(ctx context.Context, tx pgx.Tx, r domain.Recorded) error {
	switch e := r.Event.(type) {
	case space.Event:
		_, id := r.Stream.Parts()
		state, err := roomOf(ctx, tx, space.ID(id))
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO contact_spaces (space, state) VALUES ($1, $2)
			ON CONFLICT (space) DO UPDATE SET state = excluded.state`, id, space.Evolve(state, e, r.Moment))
		return err
	case inbox.Saved:
		key := inbox.KeyOf(r.Stream)
		state, err := roomOf(ctx, tx, key.Space)
		if err != nil {
			return err
		}
		args := []any{key.Space, key.ID, e.Name, e.Filter, r.At}
		_, err = tx.Exec(ctx, `
			INSERT INTO inboxes (space, id, name, filter, saved, contacts)
			SELECT $1, $2, $3, $4, $5, (SELECT count(*) FROM contacts WHERE space = $1 AND `+where(state, e.Filter, &args)+`)`, args...)
		return err
	case inbox.Deleted:
		key := inbox.KeyOf(r.Stream)
		_, err := tx.Exec(ctx, `DELETE FROM inboxes WHERE space = $1 AND id = $2`, key.Space, key.ID)
		return err
	}
	return nil
}

// roomOf is what is known of a space; nothing, if it is not.
func roomOf(ctx context.Context, db DB, id space.ID) (state space.Space, err error) {
	err = db.QueryRow(ctx, `SELECT state FROM contact_spaces WHERE space = $1`, id).Scan(&state)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return state, err
}
