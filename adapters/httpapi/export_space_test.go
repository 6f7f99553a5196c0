package httpapi_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"skein/commands"
	"skein/domain"
)

const exportPath = "/v1/organizations/{org}/spaces/{space}/export"

// An export is all of a space at one moment, without any secret, and is in the audit
// log (C0-30, C2-47).
func TestExportSpace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(http.StatusNoContent, w.ask("POST", "/v1/spaces/{space}/fields", `{"key":"city","type":"text"}`))
	ada := w.contact(`{"first_name":"Ada","phone":"+4930123456","city":"=HYPERLINK(\"x\")"}`)
	eve := w.contact(`{"last_name":"Smith, \"Eve\"","email":"eve@example.org"}`)
	w.contact(`{"first_name":"Grace"}`)
	w.merge(ada, eve)
	w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/{space}/mailboxes", `{"host":"imap.example.org","port":993,"security":"tls","user":"us","password":"planted"}`))
	w.credential("{space}", "owner")
	other := w.newSpace(w.org, "Other")
	w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/"+string(other)+"/contacts", `{"fields":{"first_name":"Elsewhere"}}`))

	answer := w.want(http.StatusOK, w.ask("GET", exportPath, ""))
	if kind := answer.Header.Get("Content-Type"); kind != "application/zip" {
		t.Errorf("the archive is %s", kind)
	}
	parts := unzipped(t, answer.text)
	if names := slices.Sorted(maps.Keys(parts)); len(names) != 4 || !strings.Contains(parts["README.txt"], "skein import-space") {
		t.Errorf("the archive holds %v", names)
	}
	var about commands.Archive
	if err := json.Unmarshal([]byte(parts["space.json"]), &about); err != nil {
		t.Fatal(err)
	}
	if about.Format != 1 || about.Name != "Berlin" || about.Space != w.space || len(about.Fields) != 1 || about.Contacts != 2 || answer.Header.Get("Journal-Position") != fmt.Sprint(about.Position) {
		t.Errorf("space.json says %+v", about)
	}
	rows, err := csv.NewReader(strings.NewReader(parts["contacts.csv"])).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	seen := map[string]string{}
	for i, column := range rows[0] {
		seen[column] = rows[1][i]
	}
	want := map[string]string{"id": ada, "first_name": "Ada", "last_name": `Smith, "Eve"`, "email": "eve@example.org", "phone": "+4930123456", "city": `'=HYPERLINK("x")`}
	for column, value := range want {
		if seen[column] != value {
			t.Errorf("%s is %q, want %q", column, seen[column], value)
		}
	}
	kinds := map[string]int{}
	for lines := bufio.NewScanner(strings.NewReader(parts["events.ndjson"])); lines.Scan(); {
		var e commands.Archived
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		kinds[e.Kind]++
	}
	events := map[string]int{"space.created": 1, "space.field_defined": 1, "contact.created": 3, "contact.merged": 1, "mailbox.connected": 1}
	if diff := cmp.Diff(events, kinds); diff != "" {
		t.Error(diff)
	}
	for _, secret := range []string{"planted", "sealed", "Elsewhere"} {
		if text := strings.ReplaceAll(parts["events.ndjson"], `"sealed":null`, ""); strings.Contains(text, secret) {
			t.Errorf("%q is in %s", secret, text)
		}
	}
	if log := w.want(http.StatusOK, w.ask("GET", "/v1/organizations/{org}/audit?action=exportSpace", "")); log.at("entries", 0, "outcome") != "done" || log.at("entries", 1) != "nothing" {
		t.Errorf("the audit log has %s", log.text)
	}
}

// At most two exports of a space go on at once; one that is cancelled ends at once, and
// leaves its place to another. What breaks off does not look whole.
func TestExportsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stalled := &stalled{Records: w.Records, arrived: make(chan struct{}, 2)}
	w.Records = stalled
	ctx, cancel := context.WithCancel(t.Context())
	var under sync.WaitGroup
	for range 2 {
		under.Go(func() {
			defer func() {
				if fault := recover(); fault != http.ErrAbortHandler {
					t.Errorf("a cancelled export ends with %v", fault)
				}
			}()
			w.askIn(ctx, "GET", exportPath, "")
		})
		<-stalled.arrived
		w.follow() // the audit log has the export
	}
	if third := w.ask("GET", exportPath, ""); third.StatusCode != http.StatusConflict || third.at("code") != "exports_busy" {
		t.Errorf("a third one is answered with %d %s", third.StatusCode, third.text)
	}
	cancel()
	under.Wait()
	w.Records = stalled.Records
	w.want(http.StatusOK, w.ask("GET", exportPath, ""))
}

// stalled is records that are found only when nobody wants them any more.
type stalled struct {
	commands.Records
	arrived chan struct{}
}

func (s *stalled) Within(ctx context.Context, _ domain.Position, _ ...string) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		s.arrived <- struct{}{}
		<-ctx.Done()
		yield(domain.Recorded{}, errors.New("cancelled"))
	}
}

// unzipped are the files of an archive.
func unzipped(t *testing.T, text string) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader([]byte(text)), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range archive.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(content)
	}
	return parts
}
