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
		if err := ofContacts.families(ctx, tx, spaces, ids, func(in space.ID, id contact.ID, c contact.Contact) {
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
