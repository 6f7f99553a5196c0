package verify

import (
	"context"
	"maps"
	"slices"
	"time"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// row is a row of contacts but for its space and id.
type row struct {
	name, nameFolded, channel string
	foundBy                   string
	fields, folded            map[string]string
	tags, tagsFolded          []string
	identities                []contact.Identity
	created                   *time.Time
	last, incoming, opened    *time.Time
	position                  domain.Position
	unfit                     []string // columns that hold what belongs into none of these
}

// object is a column with JSON in it.
type object struct {
	name string
	read func(*row, []byte) error
}

var objects = [...]object{
	{"fields", func(r *row, text []byte) error { return strictly(text, &r.fields) }},
	{"folded", func(r *row, text []byte) error { return strictly(text, &r.folded) }},
	{"tags", func(r *row, text []byte) error { return strictly(text, &r.tags) }},
	{"tags_folded", func(r *row, text []byte) error { return strictly(text, &r.tagsFolded) }},
	{"identities", func(r *row, text []byte) error { return strictly(text, &r.identities) }},
}

func rowOf(told contact.Contact, at domain.Position) row {
	r := row{
		name: told.Name(), nameFolded: domain.Fold(told.Name()), channel: told.LastChannel,
		fields: told.Fields(), folded: map[string]string{}, tags: told.Tags(), identities: told.Identities(),
		created: &told.Created, last: some(told.LastInteraction), incoming: some(told.LastIncoming), opened: some(told.Opened()),
		position: at,
	}
	for key, value := range r.fields {
		r.folded[key] = domain.Fold(value)
	}
	for _, tag := range r.tags {
		r.tagsFolded = append(r.tagsFolded, domain.Fold(tag))
	}
	return r
}

func some(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// differs are the columns in which two rows differ.
func (r row) differs(other row) (columns []string) {
	for _, f := range []struct {
		name string
		same bool
	}{
		{"name", r.name == other.name},
		{"name_folded", r.nameFolded == other.nameFolded},
		{"tags", slices.Equal(r.tags, other.tags)},
		{"tags_folded", slices.Equal(r.tagsFolded, other.tagsFolded)},
		{"identities", slices.Equal(r.identities, other.identities)},
		{"created", sameTime(r.created, other.created)},
		{"last_interaction", sameTime(r.last, other.last)},
		{"last_incoming", sameTime(r.incoming, other.incoming)},
		{"last_channel", r.channel == other.channel},
		{"opened", sameTime(r.opened, other.opened)},
		{"position", r.position == other.position},
		{"found_by", r.foundBy == other.foundBy},
	} {
		if !f.same {
			columns = append(columns, f.name)
		}
	}
	for _, key := range others(r.fields, other.fields) {
		columns = append(columns, "fields."+key)
	}
	for _, key := range others(r.folded, other.folded) {
		columns = append(columns, "folded."+key)
	}
	return slices.Concat(r.unfit, columns)
}

// others are the keys that two maps do not say the same of.
func others(a, b map[string]string) (keys []string) {
	if maps.Equal(a, b) {
		return nil
	}
	all := maps.Clone(a)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, b)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		one, is := a[key]
		other, was := b[key]
		if one != other || is != was {
			keys = append(keys, key)
		}
	}
	return keys
}

const rowColumns = `name, name_folded, fields::text, folded::text, tags::text, tags_folded::text, identities::text, last_channel, created, last_interaction, last_incoming, opened, position, found_by`

// shown compares the contacts people see.
func (c *check) shown(ctx context.Context, p part, all telling) error {
	const table = "contacts"
	stands := map[contact.Key]bool{}
	for in, t := range all {
		for id := range t.seen {
			if t.family(id).Own(id).Standing() == nil {
				stands[contact.Key{Space: in, ID: id}] = true
				c.count(in, t.family(id).Told(id))
			}
		}
	}
	var key contact.Key
	var got row
	var texts [len(objects)][]byte
	err := c.each(ctx, p, table, "id", rowColumns, &key, []any{
		&got.name, &got.nameFolded, &texts[0], &texts[1], &texts[2], &texts[3], &texts[4], &got.channel,
		&got.created, &got.last, &got.incoming, &got.opened, &got.position, &got.foundBy,
	}, func() {
		defer func() { got = row{} }()
		if !stands[key] {
			c.differs(of(table, key, "", extra))
			return
		}
		delete(stands, key)
		t := all[key.Space]
		for i, o := range objects {
			if o.read(&got, texts[i]) != nil {
				got.unfit = append(got.unfit, o.name)
			}
		}
		want := rowOf(t.family(key.ID).Told(key.ID), t.seen[key.ID])
		want.foundBy = foundBy(t.family(key.ID), key.ID)
		for _, column := range got.differs(want) {
			c.differs(of(table, key, column, another))
		}
	})
	for key := range stands {
		c.differs(of(table, key, "", missing))
	}
	return err
}

// count counts a contact that stands, for its space and the inboxes that show it.
func (c *check) count(in space.ID, told contact.Contact) {
	c.done.Standing++
	room := c.outline.rooms[in]
	if room == nil {
		return
	}
	room.contacts++
	for id, i := range room.inboxes {
		if i.filter.Shows(room.state, told) {
			i.contacts++
			room.inboxes[id] = i
		}
	}
}
