package httpapi_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"

	"skein/commands"
	"skein/domain"
)

// lines are the lines of an import's answer.
func lines(t *testing.T, body io.Reader) (all []map[string]any) {
	t.Helper()
	for d := json.NewDecoder(body); ; {
		var line map[string]any
		if err := d.Decode(&line); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, line)
	}
}

// startImport sends an import whose file is written as it goes.
func (w *world) startImport(t *testing.T) (*io.PipeWriter, func() *http.Response) {
	t.Helper()
	server := httptest.NewServer(w.http)
	t.Cleanup(server.Close)
	file, write := io.Pipe()
	r, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/v1/spaces/"+string(w.space)+"/contacts/import", file)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+w.token)
	r.Header.Set("Content-Type", "text/csv")
	answered := make(chan *http.Response, 1)
	go func() {
		answer, err := server.Client().Do(r)
		if err != nil {
			t.Error(err)
		}
		answered <- answer
	}()
	return write, func() *http.Response {
		answer := <-answered
		if answer == nil {
			t.FailNow()
		}
		t.Cleanup(func() { answer.Body.Close() })
		return answer
	}
}

// TestImport imports while it reads: the answer begins before the file ends, and
// a row that is refused holds up none of the others (C2-18, C2-19).
func TestImport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	file, answered := w.startImport(t)
	fmt.Fprint(file, "first_name,email\nAda,ada@example.org\n")
	answer := answered() // and more of the file is still to come
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "application/x-ndjson" {
		t.Fatalf("answered %d %v", answer.StatusCode, answer.Header)
	}
	fmt.Fprint(file, "Ada again,Ada@example.org\nBob,bob\n\"Cid,\nDora\n"+strings.Repeat("x,\n", 2000))
	file.Close()
	rows := map[float64]map[string]any{}
	all := lines(t, answer.Body)
	for _, line := range all[:len(all)-1] {
		if row, ok := line["row"].(float64); ok {
			rows[row] = line["error"].(map[string]any)
		}
	}
	for row, code := range map[float64]string{3: "identifier_taken", 4: "value_invalid", 5: "row_unreadable"} {
		if rows[row]["code"] != code || rows[row]["detail"] == "" {
			t.Errorf("row %v: %v", row, rows[row])
		}
	}
	if rows[3]["holder"] == nil || rows[3]["field"] != "email" || rows[3]["pointer"] != "/fields/email" {
		t.Errorf("row 3: %v", rows[3])
	}
	done, _ := all[len(all)-1]["done"].(map[string]any)
	if done["rows"] != 4.0 || done["created"] != 1.0 || done["refused"] != 3.0 || fmt.Sprint(done["position"]) != answer.Trailer.Get("Journal-Position") {
		t.Errorf("done: %v, trailer %v", all[len(all)-1], answer.Trailer)
	}
	w.follow()
	if list := w.ask("GET", "/v1/spaces/{space}/contacts", ""); list.at("contacts", 0, "name") != "Ada" || list.at("contacts", 1) != "nothing" {
		t.Errorf("contacts: %s", list.text)
	}
}

// TestImportRefused refuses a large file after its first line, on a connection
// that is still sending it.
func TestImportRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	file, answered := w.startImport(t)
	go func() {
		defer file.Close()
		fmt.Fprint(file, "shoe\n")
		for range 1 << 12 {
			if _, err := fmt.Fprint(file, strings.Repeat("42\n", 1<<10)); err != nil {
				return // nobody takes the rest
			}
		}
	}()
	if r := w.want(http.StatusUnprocessableEntity, read(t, answered())); r.at("code") != "column_unknown" || r.at("column") != "shoe" {
		t.Errorf("answered %s", r.text)
	}
}

// TestImportCutOff keeps what was created when the file breaks off.
func TestImportCutOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.want(http.StatusOK, w.ask("POST", "/v1/spaces/{space}/contacts/import", "first_name\nAda\n\""+strings.Repeat("x\n", 2<<20), "Content-Type", "text/csv"))
	all := lines(t, strings.NewReader(r.text))
	if last := all[len(all)-1]["error"].(map[string]any); last["code"] != "csv_cut_off" {
		t.Errorf("ended: %v", last)
	}
	if tally := all[len(all)-1]["progress"].(map[string]any); tally["rows"] != 1.0 || tally["created"] != 1.0 {
		t.Errorf("so far: %v", tally)
	}
	if list := w.ask("GET", "/v1/spaces/{space}/contacts", ""); list.at("contacts", 0, "name") != "Ada" {
		t.Errorf("contacts: %s", list.text)
	}
}

// failing is a journal that takes so many events and no more.
type failing struct {
	commands.Journal
	left int
}

func (j *failing) Append(ctx context.Context, s domain.Stream, length uint64, by domain.By, events ...domain.Event) (domain.Position, error) {
	if j.left--; j.left < 0 {
		return 0, errors.New("disk full")
	}
	return j.Journal.Append(ctx, s, length, by, events...)
}

// TestImportFault ends with a problem that tells nothing of its insides.
func TestImportFault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Commands.Journal = &failing{w.journal, 0}
	r := w.want(http.StatusOK, w.ask("POST", "/v1/spaces/{space}/contacts/import", "first_name\nAda\n", "Content-Type", "text/csv"))
	all := lines(t, bufio.NewReader(strings.NewReader(r.text)))
	if last := all[len(all)-1]["error"].(map[string]any); last["code"] != "internal" || strings.Contains(r.text, "disk") || !strings.Contains(w.log.String(), "disk full") {
		t.Errorf("answered %s, logged %s", r.text, w.log.String())
	}
}

// TestImportConnection refuses and breaks off imports whose files nobody read to
// their end, over connections: none is lost but those that say so.
func TestImportConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var complaints lockedBuffer
	server := httptest.NewUnstartedServer(w.http)
	server.Config.ErrorLog = log.New(&complaints, "", 0)
	server.Start()
	long := "first_name\n\"" + strings.Repeat("x\n", 1<<19) // the quote is never closed
	for _, c := range []struct {
		query, file string
		status      int
		reused      bool
	}{
		{"?bogus=1", "first_name\nA\nA\n", 422, true},
		{"", "shoe\n42\n", 422, true},
		{"?bogus=1", strings.Repeat("first_name\n", 1<<16), 422, false},
		{"", "first_name\nA\n", 200, false},
		{"", long + strings.Repeat("x\n", 1<<10), 200, false},
		{"", long + strings.Repeat("x\n", 1<<19), 200, false},
	} {
		var reused bool
		trace := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { reused = i.Reused }})
		client := server.Client()
		client.CloseIdleConnections()
		for _, file := range []string{c.file, "first_name\n"} {
			r, err := http.NewRequestWithContext(trace, "POST", server.URL+"/v1/spaces/"+string(w.space)+"/contacts/import"+c.query, io.NopCloser(strings.NewReader(file)))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+w.token)
			r.Header.Set("Content-Type", "text/csv")
			answer, err := client.Do(r)
			if err != nil {
				t.Fatalf("%s with %d bytes: %v", c.query, len(file), err)
			}
			if got := read(t, answer); file == c.file && got.StatusCode != c.status {
				t.Errorf("%s with %d bytes: %d %s", c.query, len(file), got.StatusCode, got.text)
			}
		}
		if reused != c.reused {
			t.Errorf("%s with %d bytes: the connection was used again: %v", c.query, len(c.file), reused)
		}
	}
	server.Close()
	if said := complaints.String(); said != "" {
		t.Errorf("the server complains: %s", said)
	}
}

// lockedBuffer is a buffer that many can write to.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}
