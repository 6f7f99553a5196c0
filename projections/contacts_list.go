package projections

import (
	"cmp"
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

// Contact is a contact as people see it.
type Contact struct {
	ID              contact.ID         `json:"id"`
	Name            string             `json:"name" doc:"First and last name, or else phone, or else email, or else unknown"`
	Initials        string             `json:"initials" db:"-" doc:"Of the name, at most two letters, to stand in for an image; ? if it has none" example:"AL"`
	Colour          int                `json:"colour" db:"-" minimum:"0" maximum:"359" doc:"A hue in degrees, the same for ever, to show the initials on"`
	Fields          map[string]string  `json:"fields"`
	Tags            []string           `json:"tags"`
	Identities      []contact.Identity `json:"identities" doc:"How it is known on channels"`
	Created         time.Time          `json:"created"`
	LastInteraction *time.Time         `json:"last_interaction,omitempty"`
	LastIncoming    *time.Time         `json:"last_incoming,omitempty" doc:"When the last message from the contact was sent"`
	LastChannel     string             `json:"last_channel,omitempty" doc:"By which the last interaction went; none: by none"`
	Opened          *time.Time         `json:"opened,omitempty" doc:"When the latest of its conversations was opened"`
	Position        domain.Position    `json:"position" doc:"Of the last event that changed it"`
}

const contactColumns = `id, name, fields, tags, identities, created, last_interaction, last_incoming, last_channel, opened, position`

// Sort is an order of contacts. Ties are broken by id; those without a value
// come first in ascending order.
type Sort string

const (
	ByName            Sort = "name"
	ByNameDown        Sort = "-name"
	ByCreated         Sort = "created"
	ByCreatedDown     Sort = "-created"
	ByInteraction     Sort = "last_interaction"
	ByInteractionDown Sort = "-last_interaction"
)

// order says an order in SQL: what the key is, how a cursor has it, how a key is
// read back, and the direction.
type order struct{ key, kept, back, down string }

const (
	sortName   = `left(name_folded, 200)`
	interacted = `coalesce(last_interaction, '0001-01-01 00:00:00+00'::timestamptz)`
	keptTime   = `to_char(%s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
	timeBack   = `$2::text::timestamptz`
)

var orders = map[Sort]order{
	ByName:            {sortName, sortName, "$2::text", ""},
	ByNameDown:        {sortName, sortName, "$2::text", "DESC"},
	ByCreated:         {"created", fmt.Sprintf(keptTime, "created"), timeBack, ""},
	ByCreatedDown:     {"created", fmt.Sprintf(keptTime, "created"), timeBack, "DESC"},
	ByInteraction:     {interacted, fmt.Sprintf(keptTime, interacted), timeBack, ""},
	ByInteractionDown: {interacted, fmt.Sprintf(keptTime, interacted), timeBack, "DESC"},
}

// beyond says what comes after the cursor, whose key is $2 and whose id is $3.
// Cursors come from clients: a key that cannot be one is refused.
func (o order) beyond(after cursorAt) (string, error) {
	if o.back == timeBack {
		if at, err := time.Parse(space.TimeShape, after.Key); err != nil || at.Year() < 1 {
			return "", errCursor.Where("/cursor")
		}
	}
	sign := ">"
	if o.down != "" {
		sign = "<"
	}
	return fmt.Sprintf("(%s, id) %s (%s, $3::text)", o.key, sign, o.back), nil
}

// ContactList asks for a page of the contacts of a space.
type ContactList struct {
	In     space.ID
	Space  space.Space  // as it stands: the filter was checked for it
	Filter inbox.Filter // the zero Filter lists all
	Search string       // only those who are found by it; empty: all
	Sort   Sort         // empty: ByName
	Cursor string       // empty: the first page
	Limit  int
}

var errSort = domain.Refuse(domain.Invalid, "sort_unknown", "Contacts are sorted by name, created or last_interaction, with a leading - for the other way round.")

// ListContacts lists contacts. It returns the cursor of the next page, empty on
// the last one.
func ListContacts(ctx context.Context, db DB, q ContactList) ([]Contact, string, error) {
	in, known := orders[cmp.Or(q.Sort, ByName)]
	if !known {
		return nil, "", errSort.Where("/sort")
	}
	filter, err := json.Marshal(q.Filter)
	if err != nil {
		return nil, "", err
	}
	of := []string{"contacts", string(q.In), string(cmp.Or(q.Sort, ByName)), string(filter), q.Search}
	after, err := openCursor(q.Cursor, of...)
	if err != nil {
		return nil, "", err
	}
	args, beyond := []any{q.In}, "true"
	if q.Cursor != "" {
		args = append(args, after.Key, after.ID)
		if beyond, err = in.beyond(after); err != nil {
			return nil, "", err
		}
	}
	found, err := sought(q.Search, &args)
	if err != nil {
		return nil, "", err
	}
	rows, err := db.Query(ctx, fmt.Sprintf(`
		SELECT %s, %s AS key FROM contacts WHERE space = $1 AND %s AND %s AND %s
		ORDER BY %s %s, id %s LIMIT %d`,
		contactColumns, in.kept, beyond, found, where(q.Space, q.Filter, &args), in.key, in.down, in.down, q.Limit+1), args...)
	if err != nil {
		return nil, "", err
	}
	type keyed struct {
		Contact
		Key string
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[keyed])
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(list) > q.Limit {
		list = list[:q.Limit]
		last := list[q.Limit-1]
		next = cursorAt{last.Key, string(last.ID)}.seal(of...)
	}
	contacts := make([]Contact, len(list))
	for i, c := range list {
		contacts[i] = c.Contact.badged()
	}
	return contacts, next, nil
}
