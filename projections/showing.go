package projections

import (
	"context"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
	"skein/domain/space"
)

// Showing tells what contacts show, as the journal has it when it is asked. It is a
// commands.Showing.
type Showing struct {
	Contacts *Projector
	End      func(context.Context) (domain.Position, error) // of the journal
}

// shownAs is what contacts show of an identifier, as the index has it.
var shownAs = map[space.Identifier]string{
	space.Email: `fields ->> 'email'`, space.ExtID: `fields ->> 'external_id'`, space.Phone: `fields ->> 'phone'`,
}

// Of implements commands.Showing.
func (s *Showing) Of(ctx context.Context, in space.ID, kind space.Identifier, value string) iter.Seq2[identifier.Shown, error] {
	return func(yield func(identifier.Shown, error) bool) {
		rows, err := s.of(ctx, in, kind, value)
		if err != nil {
			yield(identifier.Shown{}, fmt.Errorf("who shows a value: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			one, err := pgx.RowToStructByPos[identifier.Shown](rows)
			if !yield(one, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(identifier.Shown{}, err)
		}
	}
}

func (s *Showing) of(ctx context.Context, in space.ID, kind space.Identifier, value string) (pgx.Rows, error) {
	if err := s.await(ctx); err != nil {
		return nil, err
	}
	shown := shownAs[kind]
	sql := `
		SELECT ` + shown + `, id, ` + shown + ` = coalesce(story -> 'values' -> $2 ->> 'v', '')
		FROM contacts JOIN contact_stories USING (space, id)
		WHERE space = $1 AND ` + shown + ` <> ''`
	args := []any{in, string(kind)}
	if value != "" {
		sql += ` AND ` + shown + ` = $3`
		args = append(args, value)
	}
	return s.Contacts.DB.Query(ctx, sql+` ORDER BY (`+shown+`) COLLATE "C", last_interaction DESC NULLS LAST, id`, args...)
}

// Within implements commands.Showing.
func (s *Showing) Within(ctx context.Context, in space.ID, id contact.ID) ([]contact.ID, error) {
	if err := s.await(ctx); err != nil {
		return nil, err
	}
	rows, err := s.Contacts.DB.Query(ctx, `
		WITH RECURSIVE family AS (
			SELECT $2::text COLLATE "C" AS id
			UNION
			SELECT s.id FROM family JOIN contact_stories s ON s.space = $1 AND s.into_id = family.id
		)
		SELECT id FROM family`, in, id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[contact.ID])
}

// Kin implements commands.Showing.
func (s *Showing) Kin(ctx context.Context, in space.ID, ids ...contact.ID) ([]contact.ID, error) {
	if err := s.await(ctx); err != nil {
		return nil, err
	}
	return kinOf(ctx, s.Contacts.DB, in, ids)
}

func (s *Showing) await(ctx context.Context) error {
	end, err := s.End(ctx)
	if err == nil {
		err = s.Contacts.Await(ctx, end)
	}
	return err
}
