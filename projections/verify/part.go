package verify

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"skein/domain/contact"
	"skein/domain/space"
)

// part is the contacts whose kin begin between two keys.
type part struct {
	from, to contact.Key // to is not in it
	outline  *outline
	beyond   []contact.Key // those of its contacts that do not lie between the keys themselves
}

// last sorts behind everything that is text.
const last = "\U0010FFFF"

// parts are parts of about so many contacts.
func (o *outline) parts(in space.ID, size int) (parts []part) {
	from, end := contact.Key{}, contact.Key{Space: last}
	if in != "" {
		from, end = contact.Key{Space: in}, contact.Key{Space: in, ID: last}
	}
	for _, bound := range o.some.bounds((o.some.seen + size - 1) / size) {
		parts = append(parts, part{from: from, to: bound, outline: o})
		from = bound
	}
	parts = append(parts, part{from: from, to: end, outline: o})
	if len(parts) == 1 {
		return parts
	}
	for key := range o.kin {
		for i := range parts {
			if p := &parts[i]; p.has(key) && !p.spans(key) {
				p.beyond = append(p.beyond, key)
			}
		}
	}
	return parts
}

func (p part) spans(key contact.Key) bool { return compare(p.from, key) <= 0 && compare(key, p.to) < 0 }

// has reports whether a contact is in the part.
func (p part) has(key contact.Key) bool { return p.spans(p.outline.first(key)) }

// prefix is what the ids of all contacts of the part begin with, each after its space.
func (p part) prefix() string {
	spaces, ids := []string{string(p.from.Space), string(p.to.Space)}, []string{string(p.from.ID), string(p.to.ID)}
	for _, key := range p.beyond {
		spaces, ids = append(spaces, string(key.Space)), append(ids, string(key.ID))
	}
	in := common(spaces)
	for _, one := range spaces {
		if one != in {
			return in
		}
	}
	return in + "." + common(ids)
}

// common is what all texts begin with.
func common(texts []string) string {
	begin := texts[0]
	for _, text := range texts {
		for !strings.HasPrefix(text, begin) {
			begin = begin[:len(begin)-1]
		}
	}
	return begin
}

// each calls yield with the rows that a table has of the contacts of the part; yield
// scans them.
func (c *check) each(ctx context.Context, p part, table, id, columns string, key *contact.Key, into []any, yield func()) error {
	var spaces, ids []string
	for _, one := range p.beyond {
		spaces, ids = append(spaces, string(one.Space)), append(ids, string(one.ID))
	}
	rows, err := c.tx.Query(ctx, `
		SELECT space, `+id+`, `+columns+` FROM `+table+` WHERE (space, `+id+`) >= ($1, $2) AND (space, `+id+`) < ($3, $4)
		UNION ALL
		SELECT space, `+id+`, `+columns+` FROM unnest($5::text[], $6::text[]) AS w (of_space, of_id)
			JOIN `+table+` ON space = of_space COLLATE "C" AND `+id+` = of_id COLLATE "C"`,
		p.from.Space, p.from.ID, p.to.Space, p.to.ID, spaces, ids)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, append([]any{&key.Space, &key.ID}, into...), func() error {
		if p.has(*key) {
			yield()
		}
		return nil
	})
	return err
}
