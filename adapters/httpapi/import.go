package httpapi

import (
	"cmp"
	"io"
	"iter"
	"mime"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/space"
)

// silence is how long an import waits for the client to send, or to take, more.
const silence = time.Minute

// restTime is how long an import that is refused waits for the rest of its file: a
// small one is taken, so that the connection can be used again.
const restTime = time.Second

var errNotCSV = domain.Refuse(domain.Invalid, "body_type_unknown", "Send the file as the body, with the header Content-Type: text/csv.")

func (a *API) imports(r chi.Router, doc *huma.OpenAPI) {
	plain(r, doc, importOperation(), a.importContacts)
}

// importContacts imports a file while it arrives. What is wrong with the whole
// file is refused before anything is imported; after that the answer is a
// stream, and what was created stays whatever comes later.
func (a *API) importContacts(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	conn := http.NewResponseController(w)
	room, err := a.enter(ctx, space.ID(chi.URLParam(r, "space")), access.ImportContacts)
	var file *sheet
	var columns, tags []string
	if err == nil {
		file, columns, tags, err = a.openImport(room, r, &arriving{r.Body, conn})
	}
	if err != nil {
		_ = conn.SetReadDeadline(time.Now().Add(restTime))
		refuse(w, r, err)
		return
	}
	report := newImportReport(w, conn)
	var broken error
	last, err := a.Commands.ImportContacts(ctx, by(ctx), room, importRows(file, columns, tags, &broken), report.row)
	report.end(ctx, last, cmp.Or(err, broken))
}

// openImport reads what a file begins with, and checks that all of it has a place to go.
func (a *API) openImport(room commands.Room, r *http.Request, body io.Reader) (*sheet, []string, []string, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if !slices.Contains([]string{"", "text/csv", "application/csv", "text/tab-separated-values"}, kind) {
		return nil, nil, nil, errNotCSV
	}
	m, err := mappingOf(r.URL.Query())
	if err != nil {
		return nil, nil, nil, err
	}
	file, err := openSheet(body)
	if err != nil {
		return nil, nil, nil, err
	}
	columns, err := m.columns(file.header, room.Space)
	return file, columns, m.tags, err
}

// importRows are the rows of a file as contacts.
func importRows(file *sheet, columns, tags []string, broken *error) iter.Seq[commands.ImportRow] {
	return func(yield func(commands.ImportRow) bool) {
		for row := range file.each(broken) {
			one := commands.ImportRow{Line: row.line, Tags: tags, Err: row.err}
			if row.err == nil {
				one.Fields = map[string]string{}
				for i, value := range row.values {
					if columns[i] != "" && value != "" {
						one.Fields[columns[i]] = value
					}
				}
			}
			if !yield(one) {
				return
			}
		}
	}
}

// importOperation describes the import.
func importOperation() huma.Operation {
	words := func(name, says string) *huma.Param {
		explode := true
		return &huma.Param{Name: name, In: "query", Description: says, Explode: &explode, Schema: &huma.Schema{Type: "array", Items: &huma.Schema{Type: "string"}}}
	}
	answers := problems(http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError)
	answers["200"] = &huma.Response{
		Description: "The import has begun; one JSON object a line says how it goes",
		Headers:     map[string]*huma.Param{"Journal-Position": {Description: "Trailer: where the last contact is in the journal", Schema: &huma.Schema{Type: "integer"}}},
		Content: map[string]*huma.MediaType{"application/x-ndjson": {
			Schema:  &huma.Schema{Type: "string"},
			Example: `{"row":7,"error":{"code":"value_invalid","detail":"The value of email is not an email address such as ada@example.org.","pointer":"/fields/email","field":"email"}}` + "\n" + `{"done":{"rows":1000,"created":999,"refused":1,"position":4711}}`,
		}},
	}
	return huma.Operation{
		OperationID: "importContacts", Method: http.MethodPost, Path: contactsPath + "/import", Tags: contactTag, Security: tokens,
		Summary: "Import contacts from a CSV file",
		Description: "Adds a contact for each row while the file arrives, of whatever size (C2-18). The first line names the columns; those named like a field go there, others are mapped or ignored. " +
			"A row that is refused holds up none of the others. The answer has lines of progress, at most two a second, a line for each row that is refused, and at the end done or error, either with the tally; what was created stays in either case. Read the answer while you send.",
		Parameters: []*huma.Param{
			{Name: "space", In: "path", Required: true, Description: "Id of the space", Schema: &huma.Schema{Type: "string"}},
			words("map", "Where a column goes, as COLUMN:FIELD"),
			words("ignore", "A column to leave out"),
			words("tag", "A tag for all contacts"),
			idempotencyKey,
		},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: "string"}}}},
		Responses:   answers,
	}
}

// arriving is a body that can take its time as long as it keeps coming.
type arriving struct {
	io.Reader
	conn *http.ResponseController
}

// Read implements io.Reader.
func (b *arriving) Read(p []byte) (int, error) {
	_ = b.conn.SetReadDeadline(time.Now().Add(silence))
	n, err := b.Reader.Read(p)
	if err != nil {
		_ = b.conn.SetReadDeadline(time.Time{}) // what is left to do may take longer
	}
	return n, err
}
