package httpapi

import (
	"archive/zip"
	"compress/flate"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"skein/commands"
	"skein/domain"
	"skein/domain/organization"
	"skein/domain/space"
)

// mostExports is how many exports of one space go on at the same time.
const mostExports = 2

var errExports = domain.Refuse(domain.Conflict, "exports_busy", "This space is being exported twice already. Wait for one of them to end, or cancel it.")

// exports are those under way, by space. The zero exports is ready for use.
type exports struct {
	mu  sync.Mutex
	now map[space.ID]int
}

// begin begins an export if there are not too many; done ends it.
func (e *exports) begin(id space.ID) (done func(), err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.now == nil {
		e.now = map[space.ID]int{}
	}
	if e.now[id] >= mostExports {
		return nil, errExports
	}
	e.now[id]++
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.now[id]--; e.now[id] == 0 {
			delete(e.now, id)
		}
	}, nil
}

func (a *API) exportSpaces(r chi.Router, doc *huma.OpenAPI) {
	plain(r, doc, exportOperation(), a.exportSpace)
}

// exportSpace streams the archive of a space. What goes wrong once it has begun breaks
// the answer off, so that nobody takes a part for the whole.
func (a *API) exportSpace(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	in, at, err := a.openExport(ctx, organization.ID(chi.URLParam(r, "organization")), space.ID(chi.URLParam(r, "space")))
	var done func()
	if err == nil {
		done, err = a.exporting.begin(in.ID)
	}
	if err != nil {
		refuse(w, r, err)
		return
	}
	defer done()
	if err := a.noteExport(ctx); err != nil {
		refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "space-" + string(in.ID) + ".zip"}))
	w.Header().Set("Journal-Position", positionText(at))
	q := requestOf(ctx)
	if err := a.writeArchive(ctx, &leaving{w, http.NewResponseController(w)}, in); err != nil {
		if ctx.Err() == nil {
			q.log.ErrorContext(ctx, "export of a space broke off", "request", q.id, "space", in.ID, "error", err)
		}
		panic(http.ErrAbortHandler)
	}
}

// openExport lets the one who asks export a space, all of it up to this moment.
func (a *API) openExport(ctx context.Context, of organization.ID, id space.ID) (commands.Room, domain.Position, error) {
	in, err := a.Commands.EnterToExport(ctx, requestOf(ctx).who, of, issued(id))
	if err != nil {
		return in, 0, err
	}
	end, err := a.Ready(ctx)
	if err != nil {
		return in, 0, err
	}
	return in, end, a.await(ctx, Since{MinPosition: end}, "contacts")
}

// writeArchive writes an archive: contacts as they are shown at a position, and all
// that happened up to there.
func (a *API) writeArchive(ctx context.Context, w io.Writer, in commands.Room) error {
	archive := zip.NewWriter(w)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	now := a.Commands.Now().UTC()
	part := func(name string) (io.Writer, error) {
		return archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: now})
	}
	out, err := part("README.txt")
	if err != nil {
		return err
	}
	if _, err := io.WriteString(out, archiveReadme); err != nil {
		return err
	}
	if out, err = part("contacts.csv"); err != nil {
		return err
	}
	contacts, at, err := a.writeContacts(ctx, out, in)
	if err != nil {
		return err
	}
	about, err := a.Commands.Archive(ctx, in, at)
	if err != nil {
		return err
	}
	if out, err = part("events.ndjson"); err != nil {
		return err
	}
	line := json.NewEncoder(out)
	for e, err := range a.Commands.ExportSpace(ctx, a.Records, in, at) {
		if err == nil {
			err = line.Encode(e)
		}
		if err != nil {
			return err
		}
		about.Events++
	}
	about.Contacts = contacts
	if out, err = part("space.json"); err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(about); err != nil {
		return err
	}
	return archive.Close()
}

// leaving is an answer that can take its time as long as the client takes it.
type leaving struct {
	io.Writer
	conn *http.ResponseController
}

// Write implements io.Writer.
func (l *leaving) Write(p []byte) (int, error) {
	_ = l.conn.SetWriteDeadline(time.Now().Add(silence))
	return l.Writer.Write(p)
}

func exportOperation() huma.Operation {
	id := func(name, says string) *huma.Param {
		return &huma.Param{Name: name, In: "path", Required: true, Description: says, Schema: &huma.Schema{Type: "string"}}
	}
	answers := problems(http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable)
	answers["200"] = &huma.Response{
		Description: "The archive, as it is made. An answer that breaks off is no archive",
		Headers:     map[string]*huma.Param{"Journal-Position": {Description: "The archive tells at least all up to this position", Schema: &huma.Schema{Type: "integer"}}},
		Content:     map[string]*huma.MediaType{"application/zip": {Schema: &huma.Schema{Type: "string", Format: "binary"}}},
	}
	return huma.Operation{
		OperationID: "exportSpace", Method: http.MethodGet, Path: spacesPath + "/{space}/export", Tags: spaceTag, Security: tokens,
		Summary: "Export a space",
		Description: "All of a space as it is at one moment, in one zip archive (C0-30): space.json, contacts.csv, and in events.ndjson every event with who and when. skein import-space makes a new space of it, here or elsewhere. " +
			"No password and no credential is in it. Who administers the organization may export a space, and so may its owners; a user_admin may not, who may not read contacts. At most two exports of a space go on at once.",
		Parameters: []*huma.Param{id("organization", "Id of the organization; /v1/me tells it"), id("space", "Id of the space")},
		Responses:  answers,
	}
}
