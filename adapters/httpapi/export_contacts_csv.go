package httpapi

import (
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"time"

	"skein/commands"
	"skein/domain"
	"skein/projections"
)

// standardColumns are the fields of every space, in the order of an export.
var standardColumns = []string{"first_name", "last_name", "email", "phone", "external_id", "country", "language", "assignee", "image"}

// archiveReadme says what is in an archive, for people.
const archiveReadme = `This is all of a space, exported from Skein.

space.json     What the space is: its name, what names a contact in it, its custom
               fields, and up to which position of the journal this was exported.
contacts.csv   The contacts as they are shown, one a row, those that were merged into
               another one with it. An apostrophe before a value that a spreadsheet
               would take for a formula is no part of the value.
events.ndjson  Everything that happened, one event a line, in its order: where it is in
               the journal (position), to what (stream) and as the how manieth there
               (revision, from 0), what (kind, data), when (at) and who asked for it (by).

To make a space of it again: skein import-space FILE --organization ID
Passwords of mailboxes and credentials are not in here. Users and mailboxes of the space
are in the events, but are not taken along into a new space.
`

// writeContacts writes the contacts of a room as CSV (RFC 4180), and returns how many
// they are, and the position they show.
func (a *API) writeContacts(ctx context.Context, w io.Writer, in commands.Room) (n int, at domain.Position, err error) {
	rows := csv.NewWriter(w)
	rows.UseCRLF = true
	columns := slices.Clone(standardColumns)
	for _, f := range in.Space.Fields {
		columns = append(columns, f.Key)
	}
	if err := rows.Write(append([]string{"id", "name", "tags", "created", "last_interaction"}, columns...)); err != nil {
		return 0, 0, err
	}
	at, err = a.Projectors["contacts"].EveryContact(ctx, in.ID, func(c projections.Contact) error {
		row := []string{string(c.ID), cell(c.Name), cell(strings.Join(c.Tags, ", ")), c.Created.UTC().Format(time.RFC3339Nano), ""}
		if c.LastInteraction != nil {
			row[4] = c.LastInteraction.UTC().Format(time.RFC3339Nano)
		}
		for _, key := range columns {
			row = append(row, cell(c.Fields[key]))
		}
		n++
		return rows.Write(row)
	})
	rows.Flush()
	if err == nil {
		err = rows.Error()
	}
	return n, at, err
}
