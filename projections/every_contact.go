package projections

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/space"
)

// EveryContact calls each with all contacts of a space in the order of their ids, as
// they are at one moment, however long that takes, and returns the position that they
// show. None of them is kept.
func (p *Projector) EveryContact(ctx context.Context, in space.ID, each func(Contact) error) (at domain.Position, err error) {
	reached := p.Reached()
	once := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, p.DB, once, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `SELECT position FROM checkpoints WHERE projection = $1`, p.Name).Scan(&at)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		at = max(at, reached) // the checkpoint may lag behind where nothing concerned the contacts
		rows, err := tx.Query(ctx, `SELECT `+contactColumns+` FROM contacts WHERE space = $1 ORDER BY id`, in)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			c, err := pgx.RowToStructByName[Contact](rows)
			if err == nil {
				err = each(c.badged())
			}
			if err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err != nil {
		return 0, fmt.Errorf("contacts of a space: %w", err)
	}
	return at, nil
}
