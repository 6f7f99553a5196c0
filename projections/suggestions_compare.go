package projections

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/jackc/pgx/v5"

	"skein/domain/contact"
	"skein/domain/likeness"
	"skein/domain/pair"
	"skein/domain/space"
)

// compare tells who is alike of those who are looked at anew and those they share keys
// with, and not known to be distinct.
func (m *meeting) compare(ctx context.Context, tx pgx.Tx) (map[pair.Key]suggestionRow, error) {
	pairs := map[pair.Key]bool{}
	unknown := map[contact.Key]bool{}
	for key := range m.again {
		for _, k := range m.people[key].Keys() {
			shared := m.blocks[blockKey{key.Space, k}]
			if crowd(shared.after) {
				continue
			}
			for _, other := range shared.after {
				if other == key.ID {
					continue
				}
				pairs[pair.KeyOf(key.Space, key.ID, other)] = true
				if of := (contact.Key{Space: key.Space, ID: other}); m.people[of].text == "" {
					unknown[of] = true
				}
			}
		}
	}
	var keys []contact.Key
	for key := range unknown {
		keys = append(keys, key)
	}
	if err := loadPeople(ctx, tx, keys, m.people); err != nil {
		return nil, err
	}
	alike := map[pair.Key]suggestionRow{}
	for k := range pairs {
		l := likeness.Compare(m.people[contact.Key{Space: k.Space, ID: k.A}].Person, m.people[contact.Key{Space: k.Space, ID: k.B}].Person)
		if l.Grade() != "" {
			why, err := json.Marshal(l.Why)
			if err != nil {
				return nil, err
			}
			alike[k] = suggestionRow{l.Score, string(why)}
		}
	}
	return alike, withoutDistinct(ctx, tx, alike)
}

// withoutDistinct takes out those who are known to be distinct, themselves or one part
// of the one from one of the other.
func withoutDistinct(ctx context.Context, tx pgx.Tx, alike map[pair.Key]suggestionRow) error {
	if len(alike) == 0 {
		return nil
	}
	var keys []contact.Key
	for k := range alike {
		keys = append(keys, contact.Key{Space: k.Space, ID: k.A}, contact.Key{Space: k.Space, ID: k.B})
	}
	slices.SortFunc(keys, func(a, b contact.Key) int {
		return slices.Compare([]string{string(a.Space), string(a.ID)}, []string{string(b.Space), string(b.ID)})
	})
	spaces, ids := columns(slices.Compact(keys))
	rows, err := tx.Query(ctx, `
		WITH RECURSIVE within AS (
			SELECT w.space COLLATE "C" AS space, w.id COLLATE "C" AS root, w.id COLLATE "C" AS id FROM unnest($1::text[], $2::text[]) AS w (space, id)
			UNION ALL
			SELECT w.space, w.root, m.absorbed FROM within w CROSS JOIN LATERAL (
				SELECT absorbed FROM suggestion_merges m WHERE m.space = w.space AND m.survivor = w.id OFFSET 0
			) AS m
		)
		SELECT one.space, one.root, other.root FROM within one CROSS JOIN LATERAL (
			SELECT b FROM suggestion_verdicts v WHERE v.space = one.space AND v.a = one.id OFFSET 0
		) AS v JOIN within other ON other.space = one.space AND other.id = v.b`, spaces, ids)
	if err != nil {
		return err
	}
	var in space.ID
	var one, other contact.ID
	_, err = pgx.ForEachRow(rows, []any{&in, &one, &other}, func() error {
		delete(alike, pair.KeyOf(in, one, other))
		return nil
	})
	return err
}
