package projections

import (
	"context"

	"github.com/jackc/pgx/v5"

	"skein/domain/contact"
	"skein/domain/space"
)

// storyTables are where the stories of contacts are kept, and how those are found who
// were absorbed by one of them.
type storyTables struct{ stories, absorbed string }

var (
	ofContacts = storyTables{
		stories:  `contact_stories`,
		absorbed: `SELECT id FROM contact_stories s WHERE s.space = one.space AND s.into_id = one.id`,
	}
	ofSuggestions = storyTables{
		stories:  `suggestion_stories`,
		absorbed: `SELECT absorbed FROM suggestion_merges m WHERE m.space = one.space AND m.survivor = one.id`,
	}
)

// families yields the stories of contacts and of all that are one with them. It looks
// each of them up by its key, whatever the database believes about the sizes of the
// tables: OFFSET 0 keeps it from joining the whole of them.
func (t storyTables) families(ctx context.Context, db DB, spaces, ids []string, yield func(space.ID, contact.ID, contact.Contact)) error {
	rows, err := db.Query(ctx, `
		WITH RECURSIVE up AS (
			SELECT w.space COLLATE "C" AS space, w.id COLLATE "C" AS id FROM unnest($1::text[], $2::text[]) AS w (space, id)
			UNION
			SELECT up.space, s.into_id FROM up CROSS JOIN LATERAL (
				SELECT into_id FROM `+t.stories+` s WHERE s.space = up.space AND s.id = up.id AND into_id IS NOT NULL OFFSET 0
			) AS s
		), one AS (
			SELECT space, id FROM up
			UNION
			SELECT one.space, part.id FROM one CROSS JOIN LATERAL (`+t.absorbed+` OFFSET 0) AS part (id)
		)
		SELECT one.space, one.id, s.story FROM one CROSS JOIN LATERAL (
			SELECT story FROM `+t.stories+` s WHERE s.space = one.space AND s.id = one.id OFFSET 0
		) AS s`, spaces, ids)
	if err != nil {
		return err
	}
	var in space.ID
	var id contact.ID
	var story contact.Contact
	_, err = pgx.ForEachRow(rows, []any{&in, &id, &story}, func() error {
		yield(in, id, story)
		story = contact.Contact{}
		return nil
	})
	return err
}
