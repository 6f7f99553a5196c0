package projections

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/inbox"
	"skein/domain/space"
)

// loadRooms reads what is known of the spaces that events happened in.
func loadRooms(ctx context.Context, tx pgx.Tx, events []domain.Recorded) (map[space.ID]*room, error) {
	rooms := map[space.ID]*room{}
	for _, r := range events {
		if id := contact.KeyOf(r.Stream).Space; rooms[id] == nil {
			rooms[id] = &room{
				id: id, inboxes: map[inbox.ID]inbox.Filter{}, stored: map[contact.ID]bool{},
				changed: map[contact.ID]bool{}, touched: map[contact.ID]domain.Position{},
			}
		}
	}
	ids := slices.Sorted(maps.Keys(rooms))
	rows, err := tx.Query(ctx, `
		SELECT s.space, s.state, s.contacts, (SELECT max(month) FROM space_usage u WHERE u.space = s.space), coalesce(i.id, ''), coalesce(i.filter, '{}')
		FROM contact_spaces s LEFT JOIN inboxes i USING (space) WHERE s.space = ANY ($1)`, ids)
	if err != nil {
		return nil, err
	}
	var in space.ID
	var state space.Space
	var people int64
	var counted *time.Time
	var id inbox.ID
	var filter inbox.Filter
	_, err = pgx.ForEachRow(rows, []any{&in, &state, &people, &counted, &id, &filter}, func() error {
		rooms[in].space, rooms[in].usage.people, rooms[in].counted = state, people, state.Created
		if counted != nil && counted.After(state.Created) {
			rooms[in].counted = *counted
		}
		if id != "" {
			rooms[in].inboxes[id] = filter
		}
		state, filter = space.Space{}, inbox.Filter{}
		return nil
	})
	return rooms, err
}

// loadFamilies reads the stories of the contacts that events happened to or are about,
// and of all that are one with them. A contact that comes to be in the page has none
// yet, unless it was split off another one: then somebody may have written to it already.
func loadFamilies(ctx context.Context, tx pgx.Tx, rooms map[space.ID]*room, events []domain.Recorded) error {
	wanted := map[contact.Key]bool{}
	want := func(key contact.Key, old bool) {
		if _, seen := wanted[key]; !seen {
			wanted[key] = old
		}
	}
	for _, r := range events {
		key := contact.KeyOf(r.Stream)
		created, begins := r.Event.(contact.Created)
		want(key, !begins || created.Of != "")
		for _, other := range contact.Others(r.Event) {
			want(contact.Key{Space: key.Space, ID: other}, true)
		}
	}
	var spaces, ids []string
	for key, old := range wanted {
		if old {
			spaces, ids = append(spaces, string(key.Space)), append(ids, string(key.ID))
		}
	}
	if len(ids) > 0 {
		if err := families(ctx, tx, spaces, ids, func(in space.ID, id contact.ID, c contact.Contact) {
			rooms[in].family.Put(id, c)
			rooms[in].stored[id] = true
		}); err != nil {
			return err
		}
	}
	for _, r := range rooms {
		r.before = r.family.Clone()
	}
	return nil
}

// families yields the stories of the contacts and of all that are one with them.
// It looks each of them up by its key, whatever the database believes about the
// size of the table: OFFSET 0 keeps it from joining the whole of it.
func families(ctx context.Context, db DB, spaces, ids []string, yield func(space.ID, contact.ID, contact.Contact)) error {
	rows, err := db.Query(ctx, `
		WITH RECURSIVE up AS (
			SELECT w.space COLLATE "C" AS space, w.id COLLATE "C" AS id FROM unnest($1::text[], $2::text[]) AS w (space, id)
			UNION
			SELECT up.space, s.into_id FROM up CROSS JOIN LATERAL (
				SELECT into_id FROM contact_stories s WHERE s.space = up.space AND s.id = up.id AND into_id IS NOT NULL OFFSET 0
			) AS s
		), one AS (
			SELECT space, id FROM up
			UNION
			SELECT one.space, s.id FROM one CROSS JOIN LATERAL (
				SELECT id FROM contact_stories s WHERE s.space = one.space AND s.into_id = one.id OFFSET 0
			) AS s
		)
		SELECT one.space, one.id, s.story FROM one CROSS JOIN LATERAL (
			SELECT story FROM contact_stories s WHERE s.space = one.space AND s.id = one.id OFFSET 0
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
