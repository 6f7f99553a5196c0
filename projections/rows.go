package projections

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// copied is how many new rows are worth a COPY. It costs a round trip of its own,
// and saves the look for what is there already.
const copied = 100

// stories are rows of contact_stories to write, one slice a column.
type stories struct {
	space, id, into, story []string
}

func (s *stories) add(in space.ID, id contact.ID, own contact.Contact) {
	s.space, s.id = append(s.space, string(in)), append(s.id, string(id))
	s.into, s.story = append(s.into, string(own.Merge.Into)), append(s.story, text(own))
}

func (s *stories) upsert(b *pgx.Batch) {
	if len(s.id) > 0 {
		b.Queue(`
			INSERT INTO contact_stories (space, id, into_id, story)
			SELECT space, id, nullif(into_id, ''), story::jsonb
			FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS w (space, id, into_id, story)
			ON CONFLICT (space, id) DO UPDATE SET into_id = excluded.into_id, story = excluded.story`,
			s.space, s.id, s.into, s.story)
	}
}

func (s *stories) copy(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"contact_stories"}, []string{"space", "id", "into_id", "story"},
		pgx.CopyFromSlice(len(s.id), func(i int) ([]any, error) {
			into := &s.into[i]
			if *into == "" {
				into = nil
			}
			return []any{s.space[i], s.id[i], into, s.story[i]}, nil
		}))
	return err
}

// shown are rows of contacts to write, one slice a column.
type shown struct {
	space, id, name, nameFolded, fields, folded, tags, tagsFolded, identities, channel, foundBy []string

	created                []time.Time
	last, incoming, opened []*time.Time
	position               []int64
}

func (s *shown) add(in space.ID, id contact.ID, told contact.Contact, foundBy string, at domain.Position) {
	fields, tags := told.Fields(), told.Tags()
	folded := make(map[string]string, len(fields))
	for key, value := range fields {
		folded[key] = domain.Fold(value)
	}
	tagsFolded := make([]string, len(tags))
	for i, tag := range tags {
		tagsFolded[i] = domain.Fold(tag)
	}
	s.space, s.id = append(s.space, string(in)), append(s.id, string(id))
	s.name, s.nameFolded = append(s.name, told.Name()), append(s.nameFolded, domain.Fold(told.Name()))
	s.fields, s.folded = append(s.fields, text(fields)), append(s.folded, text(folded))
	s.tags, s.tagsFolded = append(s.tags, text(tags)), append(s.tagsFolded, text(tagsFolded))
	s.identities, s.channel = append(s.identities, text(told.Identities())), append(s.channel, told.LastChannel)
	s.last, s.incoming = append(s.last, some(told.LastInteraction)), append(s.incoming, some(told.LastIncoming))
	s.created, s.opened, s.position = append(s.created, told.Created), append(s.opened, some(told.Opened())), append(s.position, int64(at))
	s.foundBy = append(s.foundBy, foundBy)
}

// some is a time, if it is one.
func some(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

func (s *shown) upsert(b *pgx.Batch) {
	if len(s.id) > 0 {
		b.Queue(`
			INSERT INTO contacts (space, id, name, name_folded, fields, folded, tags, tags_folded, identities, last_channel,
				created, last_interaction, last_incoming, opened, position, found_by)
			SELECT space, id, name, name_folded, fields::jsonb, folded::jsonb, tags::jsonb, tags_folded::jsonb, identities::jsonb, last_channel,
				created, last_interaction, last_incoming, opened, position, found_by
			FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
					$11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::timestamptz[], $15::bigint[], $16::text[])
				AS w (space, id, name, name_folded, fields, folded, tags, tags_folded, identities, last_channel,
					created, last_interaction, last_incoming, opened, position, found_by)
			ON CONFLICT (space, id) DO UPDATE SET name = excluded.name, name_folded = excluded.name_folded,
				fields = excluded.fields, folded = excluded.folded, tags = excluded.tags, tags_folded = excluded.tags_folded,
				identities = excluded.identities, last_channel = excluded.last_channel, created = excluded.created,
				last_interaction = excluded.last_interaction, last_incoming = excluded.last_incoming, opened = excluded.opened,
				position = excluded.position, found_by = excluded.found_by`,
			s.space, s.id, s.name, s.nameFolded, s.fields, s.folded, s.tags, s.tagsFolded, s.identities, s.channel,
			s.created, s.last, s.incoming, s.opened, s.position, s.foundBy)
	}
}

func (s *shown) copy(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"contacts"},
		[]string{
			"space", "id", "name", "name_folded", "fields", "folded", "tags", "tags_folded", "identities", "last_channel",
			"created", "last_interaction", "last_incoming", "opened", "position", "found_by",
		},
		pgx.CopyFromSlice(len(s.id), func(i int) ([]any, error) {
			return []any{
				s.space[i], s.id[i], s.name[i], s.nameFolded[i], s.fields[i], s.folded[i], s.tags[i], s.tagsFolded[i], s.identities[i], s.channel[i],
				s.created[i], s.last[i], s.incoming[i], s.opened[i], s.position[i], s.foundBy[i],
			}, nil
		}))
	return err
}

// text is v in JSON. Everything that is written here has a JSON form.
func text[V contact.Contact | map[string]string | []string | []contact.Identity](v V) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("projections: %v", err))
	}
	return string(data)
}
