package projections

import (
	"context"

	"github.com/jackc/pgx/v5"

	"skein/domain/contact"
	"skein/domain/likeness"
	"skein/domain/pair"
	"skein/domain/space"
)

// write writes all but the suggestions.
func (m *meeting) write(ctx context.Context, tx pgx.Tx) error {
	var b pgx.Batch
	var told suggestionStories
	for in, room := range m.rooms {
		if len(room.fields) != len(room.was) {
			b.Queue(`INSERT INTO suggestion_spaces VALUES ($1, $2) ON CONFLICT (space) DO UPDATE SET fields = excluded.fields`, in, room.fields)
		}
		for id := range room.changed {
			own := room.family.Own(id)
			told.add(in, id, room.reader, own)
			was, is := room.before.Own(id).Merge.Into, own.Merge.Into
			if was != "" && was != is {
				b.Queue(`DELETE FROM suggestion_merges WHERE space = $1 AND survivor = $2 AND absorbed = $3`, in, was, id)
			}
			if is != "" && was != is {
				b.Queue(`INSERT INTO suggestion_merges VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, in, is, id)
			}
		}
	}
	told.upsert(&b)
	m.writePeople(&b)
	for k, distinct := range m.parted {
		if distinct {
			b.Queue(`INSERT INTO suggestion_verdicts VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, k.Space, k.A, k.B)
		} else {
			b.Queue(`DELETE FROM suggestion_verdicts WHERE space = $1 AND a = $2 AND b = $3`, k.Space, k.A, k.B)
		}
	}
	return tx.SendBatch(ctx, &b).Close()
}

// writePeople writes the persons that have changed, and their keys.
func (m *meeting) writePeople(b *pgx.Batch) {
	var spaces, ids, names, texts, keySpaces, keyIDs []string
	var keys []int64
	for key := range m.touched {
		is, stands := m.people[key]
		switch was, stood := m.before[key]; {
		case stands && (!stood || was.text != is.text || was.name != is.name):
			spaces, ids = append(spaces, string(key.Space)), append(ids, string(key.ID))
			names, texts = append(names, is.name), append(texts, is.text)
		case stood && !stands:
			b.Queue(`DELETE FROM suggestion_people WHERE space = $1 AND id = $2`, key.Space, key.ID)
		}
	}
	for k, block := range m.blocks {
		for _, id := range block.gone {
			b.Queue(`DELETE FROM suggestion_keys WHERE space = $1 AND key = $2 AND id = $3`, k.space, int64(k.key), id)
		}
		for _, id := range block.come {
			keySpaces, keyIDs, keys = append(keySpaces, string(k.space)), append(keyIDs, string(id)), append(keys, int64(k.key))
		}
	}
	if len(ids) > 0 {
		b.Queue(`
			INSERT INTO suggestion_people (space, id, name, person) SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
			ON CONFLICT (space, id) DO UPDATE SET name = excluded.name, person = excluded.person`, spaces, ids, names, texts)
	}
	if len(keys) > 0 {
		b.Queue(`INSERT INTO suggestion_keys (space, key, id) SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[])`, keySpaces, keys, keyIDs)
	}
}

// suggestionStories are rows of suggestion_stories to write, one slice a column.
type suggestionStories stories

// add adds a contact's own story, as far as persons are told from it.
func (s *suggestionStories) add(in space.ID, id contact.ID, reads likeness.Reader, own contact.Contact) {
	values := map[contact.Slot]contact.Value{}
	for slot, v := range own.Values {
		if reads.Reads(slot) {
			values[slot] = v
		}
	}
	own.Values, own.Touches, own.Talks = values, nil, nil
	(*stories)(s).add(in, id, own)
}

func (s *suggestionStories) upsert(b *pgx.Batch) {
	if len(s.id) > 0 {
		b.Queue(`
			INSERT INTO suggestion_stories (space, id, into_id, story)
			SELECT space, id, nullif(into_id, ''), story::jsonb
			FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS w (space, id, into_id, story)
			ON CONFLICT (space, id) DO UPDATE SET into_id = excluded.into_id, story = excluded.story`,
			s.space, s.id, s.into, s.story)
	}
}

// suggestionRow is what a suggestion says.
type suggestionRow struct {
	score int
	why   string // in JSON
}

// suggest writes the suggestions of those who are looked at anew, as they are told now.
func (m *meeting) suggest(ctx context.Context, tx pgx.Tx, alike map[pair.Key]suggestionRow) error {
	told, err := m.suggested(ctx, tx)
	if err != nil {
		return err
	}
	var b pgx.Batch
	var spaces, ids, others, whys []string
	var scores []int64
	for k, is := range alike {
		if was, there := told[k]; there && was == is {
			continue
		}
		for _, one := range [][2]contact.ID{{k.A, k.B}, {k.B, k.A}} {
			spaces, ids, others = append(spaces, string(k.Space)), append(ids, string(one[0])), append(others, string(one[1]))
			scores, whys = append(scores, int64(is.score)), append(whys, is.why)
		}
	}
	if len(ids) > 0 {
		b.Queue(`
			INSERT INTO suggestions (space, id, other, score, why)
			SELECT space, id, other, score, why FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[]) AS w (space, id, other, score, why)
			ON CONFLICT (space, id, other) DO UPDATE SET score = excluded.score, why = excluded.why`, spaces, ids, others, scores, whys)
	}
	for k := range told {
		if _, still := alike[k]; !still {
			b.Queue(`DELETE FROM suggestions WHERE space = $1 AND id = $2 AND other = $3`, k.Space, k.A, k.B)
			b.Queue(`DELETE FROM suggestions WHERE space = $1 AND id = $2 AND other = $3`, k.Space, k.B, k.A)
		}
	}
	return tx.SendBatch(ctx, &b).Close()
}

// suggested reads the suggestions of those who are looked at anew.
func (m *meeting) suggested(ctx context.Context, tx pgx.Tx) (map[pair.Key]suggestionRow, error) {
	var keys []contact.Key
	for key := range m.again {
		keys = append(keys, key)
	}
	spaces, ids := columns(keys)
	rows, err := tx.Query(ctx, `
		SELECT w.space, w.id, s.other, s.score, s.why FROM unnest($1::text[], $2::text[]) AS w (space, id) CROSS JOIN LATERAL (
			SELECT other, score, why FROM suggestions s WHERE s.space = w.space COLLATE "C" AND s.id = w.id COLLATE "C" OFFSET 0
		) AS s`, spaces, ids)
	if err != nil {
		return nil, err
	}
	told := map[pair.Key]suggestionRow{}
	var in space.ID
	var id, other contact.ID
	var row suggestionRow
	_, err = pgx.ForEachRow(rows, []any{&in, &id, &other, &row.score, &row.why}, func() error {
		told[pair.KeyOf(in, id, other)] = row
		return nil
	})
	return told, err
}
