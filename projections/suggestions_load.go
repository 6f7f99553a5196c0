package projections

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/likeness"
	"skein/domain/pair"
	"skein/domain/space"
)

// load reads what is known of the spaces and contacts that events are about.
func (m *meeting) load(ctx context.Context, tx pgx.Tx, events []domain.Recorded) error {
	wanted := map[contact.Key]bool{}
	want := func(in space.ID, id contact.ID) {
		if key := (contact.Key{Space: in, ID: id}); !wanted[key] {
			_, begins := wanted[key]
			wanted[key] = !begins
		}
	}
	for _, r := range events {
		in := spaceOf(r)
		if m.rooms[in] == nil {
			m.rooms[in] = &meetingRoom{changed: map[contact.ID]bool{}}
		}
		switch e := r.Event.(type) {
		case contact.Created:
			if key := contact.KeyOf(r.Stream); !wanted[key] {
				wanted[key] = false // there is nothing of it yet
			}
		case contact.Event:
			want(in, contact.KeyOf(r.Stream).ID)
			for _, other := range contact.Others(e) {
				want(in, other)
			}
		case pair.Event:
			k := pair.Of(r.Stream)
			want(in, k.A)
			want(in, k.B)
		}
	}
	maps.DeleteFunc(wanted, func(_ contact.Key, there bool) bool { return !there })
	if err := m.loadFields(ctx, tx); err != nil {
		return err
	}
	return m.loadFamilies(ctx, tx, slices.Collect(maps.Keys(wanted)))
}

func (m *meeting) loadFields(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `SELECT space, fields FROM suggestion_spaces WHERE space = ANY ($1)`, slices.Collect(maps.Keys(m.rooms)))
	if err != nil {
		return err
	}
	var in space.ID
	var fields []space.Field
	_, err = pgx.ForEachRow(rows, []any{&in, &fields}, func() error {
		m.rooms[in].was, m.rooms[in].fields = fields, fields
		fields = nil
		return nil
	})
	return err
}

// loadFamilies reads the stories of contacts and of all that are one with them.
func (m *meeting) loadFamilies(ctx context.Context, tx pgx.Tx, wanted []contact.Key) error {
	spaces, ids := columns(wanted)
	err := ofSuggestions.families(ctx, tx, spaces, ids, func(in space.ID, id contact.ID, c contact.Contact) {
		m.rooms[in].family.Put(id, c)
	})
	for _, room := range m.rooms {
		room.before = room.family.Clone()
	}
	return err
}

// loadPeople reads persons into all.
func loadPeople(ctx context.Context, tx pgx.Tx, wanted []contact.Key, all map[contact.Key]person) error {
	if len(wanted) == 0 {
		return nil
	}
	spaces, ids := columns(wanted)
	rows, err := tx.Query(ctx, `
		SELECT w.space, w.id, p.name, p.person FROM unnest($1::text[], $2::text[]) AS w (space, id) CROSS JOIN LATERAL (
			SELECT name, person FROM suggestion_people p WHERE p.space = w.space COLLATE "C" AND p.id = w.id COLLATE "C" OFFSET 0
		) AS p`, spaces, ids)
	if err != nil {
		return err
	}
	var key contact.Key
	var p person
	_, err = pgx.ForEachRow(rows, []any{&key.Space, &key.ID, &p.name, &p.text}, func() error {
		p.Person = likeness.Person{}
		if err := json.Unmarshal([]byte(p.text), &p.Person); err != nil {
			return fmt.Errorf("person: %w", err)
		}
		all[key] = p
		return nil
	})
	return err
}

// personText is a person as it is kept.
func personText(p likeness.Person) string {
	data, _ := json.Marshal(p) // texts always have a JSON form
	return string(data)
}

// columns are keys, one slice a column.
func columns(keys []contact.Key) (spaces, ids []string) {
	for _, k := range keys {
		spaces, ids = append(spaces, string(k.Space)), append(ids, string(k.ID))
	}
	return spaces, ids
}
