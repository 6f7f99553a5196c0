package projections

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/inbox"
	"skein/domain/space"
)

// writeContacts writes what the rooms have come to.
func writeContacts(ctx context.Context, tx pgx.Tx, rooms map[space.ID]*room, merges []merging) error {
	var b pgx.Batch
	var stories, shown, gone columns
	for in, r := range rooms {
		counted := 0
		inboxes := map[inbox.ID]int{}
		for id := range r.changed {
			stories.story(in, id, r.family.Own(id))
		}
		for id, at := range r.touched {
			before, after := r.before.Own(id).Standing() == nil, r.family.Own(id).Standing() == nil
			told := r.family.Told(id)
			switch {
			case after:
				shown.contact(in, id, told, at)
			case before:
				gone.key(in, id)
			}
			counted += change(before, after)
			for i, f := range r.inboxes {
				inboxes[i] += change(before && f.Shows(r.space, r.before.Told(id)), after && f.Shows(r.space, told))
			}
		}
		if counted != 0 {
			b.Queue(`UPDATE contact_spaces SET contacts = contacts + $2 WHERE space = $1`, in, counted)
		}
		for i, n := range inboxes {
			if n != 0 {
				b.Queue(`UPDATE inboxes SET contacts = contacts + $3 WHERE space = $1 AND id = $2`, in, i, n)
			}
		}
	}
	stories.queue(&b, `
		INSERT INTO contact_stories (space, id, into_id, story)
		SELECT space, id, nullif(into_id, ''), story::jsonb
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS w (space, id, into_id, story)
		ON CONFLICT (space, id) DO UPDATE SET into_id = excluded.into_id, story = excluded.story`)
	gone.queue(&b, `
		DELETE FROM contacts USING unnest($1::text[], $2::text[]) AS w (space, id)
		WHERE contacts.space = w.space AND contacts.id = w.id`)
	shown.queue(&b, `
		INSERT INTO contacts (space, id, name, name_folded, fields, folded, tags, tags_folded, created, last_interaction, position)
		SELECT space, id, name, name_folded, fields::jsonb, folded::jsonb,
			ARRAY (SELECT jsonb_array_elements_text(tags::jsonb)), ARRAY (SELECT jsonb_array_elements_text(tags_folded::jsonb)),
			created::timestamptz, nullif(last_interaction, '')::timestamptz, position::bigint
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
			AS w (space, id, name, name_folded, fields, folded, tags, tags_folded, created, last_interaction, position)
		ON CONFLICT (space, id) DO UPDATE SET name = excluded.name, name_folded = excluded.name_folded,
			fields = excluded.fields, folded = excluded.folded, tags = excluded.tags, tags_folded = excluded.tags_folded,
			created = excluded.created, last_interaction = excluded.last_interaction, position = excluded.position`)
	for _, m := range merges {
		if m.undone {
			b.Queue(`UPDATE contact_merges SET undone = $3 WHERE space = $1 AND absorbed = $2 AND undone IS NULL`,
				m.key.Space, m.key.ID, m.at)
		} else {
			b.Queue(`INSERT INTO contact_merges VALUES ($1, $2, $3, $4)`, m.key.Space, m.key.ID, m.survivor, m.at)
		}
	}
	return tx.SendBatch(ctx, &b).Close()
}

// change is what a count changes by.
func change(before, after bool) int {
	switch {
	case after && !before:
		return 1
	case before && !after:
		return -1
	}
	return 0
}

// columns are rows to write, one slice a column.
type columns [][]string

func (c *columns) row(values ...string) {
	if *c == nil {
		*c = make(columns, len(values))
	}
	for i, v := range values {
		(*c)[i] = append((*c)[i], v)
	}
}

// queue queues one statement for all rows, if there are any.
func (c columns) queue(b *pgx.Batch, statement string) {
	if c == nil {
		return
	}
	args := make([]any, len(c))
	for i := range c {
		args[i] = c[i]
	}
	b.Queue(statement, args...)
}

func (c *columns) key(in space.ID, id contact.ID) { c.row(string(in), string(id)) }

func (c *columns) story(in space.ID, id contact.ID, own contact.Contact) {
	c.row(string(in), string(id), string(own.Merge.Into), text(own))
}

func (c *columns) contact(in space.ID, id contact.ID, told contact.Contact, at domain.Position) {
	fields, tags := told.Fields(), told.Tags()
	folded := make(map[string]string, len(fields))
	for key, value := range fields {
		folded[key] = domain.Fold(value)
	}
	foldedTags := make([]string, len(tags))
	for i, tag := range tags {
		foldedTags[i] = domain.Fold(tag)
	}
	last := ""
	if !told.LastInteraction.IsZero() {
		last = told.LastInteraction.UTC().Format(time.RFC3339Nano)
	}
	c.row(string(in), string(id), told.Name(), domain.Fold(told.Name()), text(fields), text(folded), text(tags), text(foldedTags),
		told.Created.UTC().Format(time.RFC3339Nano), last, fmt.Sprint(uint64(at)))
}

// text is v in JSON. Everything that is written here has a JSON form.
func text[V contact.Contact | map[string]string | []string](v V) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("projections: %v", err))
	}
	return string(data)
}
