package projections

import (
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"skein/domain/contact"
	"skein/domain/likeness"
	"skein/domain/space"
)

// blockKey is a key that contacts of a space share.
type blockKey struct {
	space space.ID
	key   likeness.Key
}

// block is those who share a key. Of a crowd, not all are known.
type block struct {
	before, after []contact.ID
	come, gone    []contact.ID
}

func crowd(ids []contact.ID) bool { return len(ids) > likeness.Crowd }

// loadBlocks notes who gets and who loses which keys, and reads who shares them.
func (m *meeting) loadBlocks(ctx context.Context, tx pgx.Tx) error {
	for key := range m.again {
		had, has := m.before[key].Keys(), m.people[key].Keys()
		for _, k := range had {
			b := m.block(key.Space, k)
			if _, still := slices.BinarySearch(has, k); !still {
				b.gone = append(b.gone, key.ID)
			}
		}
		for _, k := range has {
			b := m.block(key.Space, k)
			if _, before := slices.BinarySearch(had, k); !before {
				b.come = append(b.come, key.ID)
			}
		}
	}
	return readBlocks(ctx, tx, m.blocks)
}

func (m *meeting) block(in space.ID, k likeness.Key) *block {
	key := blockKey{in, k}
	if m.blocks[key] == nil {
		m.blocks[key] = &block{}
	}
	return m.blocks[key]
}

// readBlocks reads who shares keys, before anybody gets or loses them: one more than
// makes a crowd, and as many as lose it.
func readBlocks(ctx context.Context, tx pgx.Tx, blocks map[blockKey]*block) error {
	var spaces []string
	var keys, most []int64
	for k, b := range blocks {
		spaces, keys, most = append(spaces, string(k.space)), append(keys, int64(k.key)), append(most, int64(likeness.Crowd+1+len(b.gone)))
	}
	if len(keys) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, `
		SELECT w.space, w.key, k.id FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS w (space, key, most) CROSS JOIN LATERAL (
			SELECT id FROM suggestion_keys k WHERE k.space = w.space COLLATE "C" AND k.key = w.key ORDER BY k.id LIMIT w.most
		) AS k`, spaces, keys, most)
	if err != nil {
		return err
	}
	var key blockKey
	var id contact.ID
	_, err = pgx.ForEachRow(rows, []any{&key.space, &key.key, &id}, func() error {
		b := blocks[key]
		b.before = append(b.before, id)
		return nil
	})
	for _, b := range blocks {
		b.after = append(slices.DeleteFunc(slices.Clone(b.before), func(id contact.ID) bool { return slices.Contains(b.gone, id) }), b.come...)
	}
	return err
}

// crowds has those looked at anew whose keys become, or cease to be, those of a crowd:
// all of a crowd that has dispersed, and those suggested of one that has gathered.
func (m *meeting) crowds(ctx context.Context, tx pgx.Tx) error {
	var gathered []contact.Key
	for k, b := range m.blocks {
		for _, id := range b.after {
			if crowd(b.before) && !crowd(b.after) {
				m.again[contact.Key{Space: k.space, ID: id}] = true
			}
		}
		for _, id := range b.before {
			if !crowd(b.before) && crowd(b.after) {
				gathered = append(gathered, contact.Key{Space: k.space, ID: id})
			}
		}
	}
	if len(gathered) > 0 {
		spaces, ids := columns(gathered)
		rows, err := tx.Query(ctx, `
			SELECT DISTINCT w.space, w.id FROM unnest($1::text[], $2::text[]) AS w (space, id) CROSS JOIN LATERAL (
				SELECT FROM suggestions s WHERE s.space = w.space COLLATE "C" AND s.id = w.id COLLATE "C" LIMIT 1
			) AS s`, spaces, ids)
		if err != nil {
			return err
		}
		var key contact.Key
		if _, err := pgx.ForEachRow(rows, []any{&key.Space, &key.ID}, func() error { m.again[key] = true; return nil }); err != nil {
			return err
		}
	}
	return m.loadOthers(ctx, tx)
}

// loadOthers reads the persons that are looked at anew though nothing happened to them,
// and who shares their keys.
func (m *meeting) loadOthers(ctx context.Context, tx pgx.Tx) error {
	var others []contact.Key
	for key := range m.again {
		if _, known := m.people[key]; !known && !m.touched[key] {
			others = append(others, key)
		}
	}
	if err := loadPeople(ctx, tx, others, m.people); err != nil {
		return err
	}
	more := map[blockKey]*block{}
	for key := range m.again {
		for _, k := range m.people[key].Keys() {
			if shared := (blockKey{key.Space, k}); m.blocks[shared] == nil {
				more[shared] = &block{}
			}
		}
	}
	if err := readBlocks(ctx, tx, more); err != nil {
		return err
	}
	maps.Copy(m.blocks, more)
	return nil
}
