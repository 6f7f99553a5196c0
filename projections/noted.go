package projections

import (
	"context"
	"fmt"
	"iter"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// Family implements commands.Showing.
func (s *Showing) Family(ctx context.Context, in space.ID, id contact.ID) (*contact.Family, error) {
	if err := s.await(ctx); err != nil {
		return nil, err
	}
	return FamilyOf(ctx, s.Contacts.DB, in, id)
}

// Noted implements commands.Showing.
func (s *Showing) Noted(ctx context.Context, in space.ID, id contact.ID, after domain.Position) iter.Seq2[contact.Noted, error] {
	return func(yield func(contact.Noted, error) bool) {
		if err := s.await(ctx); err != nil {
			yield(contact.Noted{}, err)
			return
		}
		rows, err := s.Contacts.DB.Query(ctx, `
			SELECT position, at, ref, channel, identity, way FROM interactions
			WHERE space = $1 AND owner = $2 AND position > $3
			ORDER BY position`, in, id, after)
		if err != nil {
			yield(contact.Noted{}, fmt.Errorf("what was noted with a contact: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var n contact.Noted
			err := rows.Scan(&n.Position, &n.At, &n.Ref, &n.Channel, &n.Of, &n.Way)
			if !yield(n, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(contact.Noted{}, err)
		}
	}
}
