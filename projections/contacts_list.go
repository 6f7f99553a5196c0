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
	ID              contact.ID        `json:"id"`
	Name            string            `json:"name" doc:"First and last name, or else phone, or else email, or else unknown"`
	Fields          map[string]string `json:"fields"`
	Tags            []string          `json:"tags"`
	Created         time.Time         `json:"created"`
	LastInteraction *time.Time        `json:"last_interaction,omitempty"`
	Position        domain.Position   `json:"position" doc:"Of the last event that changed it"`
}

const contactColumns = `id, name, fields, tags, created, last_interaction, position`

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

// sorts says each order in SQL: the expression of its key, and its direction.
var sorts = map[Sort][2]string{
	ByName:            {"name_folded", ""},
	ByNameDown:        {"name_folded", "DESC"},
	ByCreated:         {"created", ""},
	ByCreatedDown:     {"created", "DESC"},
	ByInteraction:     {"coalesce(last_interaction, '-infinity')", ""},
	ByInteractionDown: {"coalesce(last_interaction, '-infinity')", "DESC"},
}

// ContactList asks for a page of the contacts of a space.
type ContactList struct {
	In     space.ID
	Space  space.Space  // as it stands: the filter was checked for it
	Filter inbox.Filter // the zero Filter lists all
	Sort   Sort         // empty: ByName
	Cursor string       // empty: the first page
	Limit  int
}

var errSort = domain.Refuse(domain.Invalid, "sort_unknown", "Contacts are sorted by name, created or last_interaction, with a leading - for the other way round.")

// ListContacts lists contacts. It returns the cursor of the next page, empty on
// the last one.
func ListContacts(ctx context.Context, db DB, q ContactList) ([]Contact, string, error) {
	sort, known := sorts[cmp.Or(q.Sort, ByName)]
	if !known {
		return nil, "", errSort.Where("/sort")
	}
	filter, err := json.Marshal(q.Filter)
	if err != nil {
		return nil, "", err
	}
	of := []string{"contacts", string(q.In), string(cmp.Or(q.Sort, ByName)), string(filter)}
	after, err := openCursor(q.Cursor, of...)
	if err != nil {
		return nil, "", err
	}
	key, down := sort[0], sort[1]
	args := []any{q.In}
	beyond := "true"
	if q.Cursor != "" {
		sign, kind := ">", "timestamptz"
		if down != "" {
			sign = "<"
		}
		if key == "name_folded" {
			kind = "text"
		}
		args = append(args, after.Key, after.ID)
		beyond = fmt.Sprintf("(%s, id) %s ($2::text::%s, $3)", key, sign, kind)
	}
	rows, err := db.Query(ctx, fmt.Sprintf(`
		SELECT %s, %s AS key FROM contacts WHERE space = $1 AND %s AND %s
		ORDER BY %s %s, id %s LIMIT %d`,
		contactColumns, key+"::text", beyond, where(q.Space, q.Filter, &args), key, down, down, q.Limit+1), args...)
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
		contacts[i] = c.Contact
	}
	return contacts, next, nil
}
