package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

// What a contact, and all it had absorbed, was and said is after its erasure in no file of
// the journal, in no row of the database, in no export, no answer and no log, and all that
// others are and said is as before (D1-14).
func TestErase(t *testing.T) {
	t.Parallel()
	s := start(t, "", "--log-level", "debug")
	g := plant(s)
	stays, before := g.stays(), g.everything()
	for _, weed := range g.weeds {
		if !strings.Contains(before, weed) {
			t.Errorf("%s is not told even before", weed)
		}
	}
	g.erase()
	g.waitRemoved()

	g.at = s.ask(http.MethodPut, "/organizations/"+string(firstOrganization)+"/members/kit", `{"role":"member"}`, nil)
	if diff := cmp.Diff(stays, g.stays()); diff != "" {
		t.Errorf("others are told otherwise (-before +after):\n%s", diff)
	}
	after := g.everything()
	g.free(t, "an answer", after)
	for _, root := range g.roots {
		if !strings.Contains(after, root) {
			t.Errorf("%s is not told any more", root)
		}
	}
	s.rightly()
	tables := s.tables()
	g.free(t, "the database", tables)
	s.skein("rebuild")
	if diff := cmp.Diff(strings.Split(tables, "\n"), strings.Split(s.tables(), "\n")); diff != "" {
		t.Errorf("what was filled anew is another (-before +after):\n%s", diff)
	}
	s.rightly()
	for _, id := range g.gone {
		if s.free(t, g.weeds, "a replay", s.skein("replay", id)); !strings.Contains(s.skein("replay", id), "contact.created") {
			t.Error("a replay tells nothing")
		}
	}
	g.move(t)
	s.stop(syscall.SIGTERM)
	events := string(recordsOf(t, filepath.Join(s.data, "journal")))
	g.free(t, "the journal", events)
	for _, root := range g.roots {
		if !strings.Contains(events, root) {
			t.Errorf("%s is not in the journal any more", root)
		}
	}
	g.free(t, "the log", s.said.String())
	for _, weed := range g.weeds {
		for _, file := range filesWith(t, filepath.Join(s.data, "journal"), weed) {
			t.Errorf("%s is in %s", weed, file)
		}
	}
}

// free fails t for each of the weeds that is in a text.
func (g *garden) free(t *testing.T, what, text string) {
	t.Helper()
	g.server.free(t, g.weeds, what, text)
}

func (s *server) free(t *testing.T, weeds []string, what, text string) {
	t.Helper()
	for _, weed := range weeds {
		if at := strings.Index(text, weed); at >= 0 {
			t.Errorf("%s is in %s: %s", weed, what, text[max(0, at-300):min(len(text), at+100)])
		}
	}
}

// erase erases the first one who is to go, as a preview shows it.
func (g *garden) erase() {
	g.t.Helper()
	at, body := g.previewed()
	g.at = g.ask(http.MethodPost, at, body, nil)
}

// previewed is where and with what body the first one who is to go is erased.
func (g *garden) previewed() (path, body string) {
	g.t.Helper()
	at := g.lab + "/contacts/" + g.gone[0] + "/erase"
	var p struct {
		Token string
		Goes  []struct{ Contact string }
		Stays []struct{ Contact string }
	}
	g.ask(http.MethodPost, at+"/preview", "", &p)
	var goes, stays []string
	for _, one := range p.Goes {
		goes = append(goes, one.Contact)
	}
	for _, one := range p.Stays {
		stays = append(stays, one.Contact)
	}
	if sorted(goes) != sorted(g.gone) || len(stays) != 3 {
		g.t.Errorf("there go %v, want %v, and stay %v", goes, g.gone, stays)
	}
	return at, fmt.Sprintf(`{"token":%q,"reason":"Asked for it."}`, p.Token)
}

// erase erases a contact and returns the position at which that was done.
func (s *server) erase(lab, id, reason string) string {
	s.t.Helper()
	var p struct{ Token string }
	s.ask(http.MethodPost, lab+"/contacts/"+id+"/erase/preview", "", &p)
	return s.ask(http.MethodPost, lab+"/contacts/"+id+"/erase", fmt.Sprintf(`{"token":%q,"reason":%q}`, p.Token, reason), nil)
}

// waitRemoved waits until all that was erased has left the files.
func (g *garden) waitRemoved() {
	g.t.Helper()
	var list struct {
		Erasures []struct {
			Members []string
			Removed *string
		}
	}
	waitFor(g.t, func() bool {
		g.see(g.lab+"/erasures", g.at, &list)
		return len(list.Erasures) > 0 && list.Erasures[0].Removed != nil
	})
	if first := list.Erasures[len(list.Erasures)-1].Members; sorted(first) != sorted(g.gone) {
		g.t.Errorf("erased were %v, want %v", first, g.gone)
	}
}

// stays is all that is told of those who stay, by where.
func (g *garden) stays() map[string]any {
	g.t.Helper()
	all := map[string]any{}
	for _, id := range g.stay {
		for _, path := range []string{"", "/messages?limit=200", "/as-of"} {
			var told any
			g.see(g.lab+"/contacts/"+id+path, g.at, &told)
			all[id+path] = told
		}
	}
	return all
}

// everything is all that anybody is told of the space.
func (g *garden) everything() string {
	g.t.Helper()
	var all strings.Builder
	look := func(path string) (next string) {
		_, _, text := g.send(http.MethodGet, g.lab+path, "", nil, g.at)
		all.Write(text)
		var page struct{ Next any }
		_ = json.Unmarshal(text, &page) // it may be refused
		if page.Next == nil {
			return ""
		}
		return strings.TrimSuffix(fmt.Sprintf("%.f", page.Next), ".")
	}
	for _, id := range append(append([]string{}, g.gone...), g.stay...) {
		at := "/contacts/" + id
		for _, path := range []string{"", "/history?limit=200", "/lineage", "/messages?limit=200", "/suggestions", "/as-of", "/diff?from=1"} {
			look(at + path)
		}
		var history struct{ Steps []struct{ Position int } }
		g.see(g.lab+at+"/history?limit=200", g.at, &history)
		for _, step := range history.Steps {
			look(fmt.Sprintf("%s/as-of?at=%d", at, step.Position))
		}
	}
	_, _, log := g.send(http.MethodGet, "/organizations/"+string(firstOrganization)+"/audit?limit=200", "", nil, g.at)
	all.Write(log)
	for _, path := range []string{"/contacts?limit=200", "/suggestions", "/erasures", "/inboxes", "/fields"} {
		look(path)
	}
	for after := "0"; ; {
		next := look("/changes?wait=0&limit=100&after=" + after)
		if next == "" || next == after {
			break
		}
		after = next
	}
	for _, weed := range g.weeds {
		look("/contacts?search=" + weed)
	}
	return all.String()
}

// tables are the rows of all tables of the database but for what changes by itself.
func (s *server) tables() string {
	s.t.Helper()
	at, err := runningIn(s.data)
	if err != nil {
		s.t.Fatal(err)
	}
	ctx := context.Background()
	db, err := pgx.Connect(ctx, at.Database)
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close(ctx)
	rows, err := db.Query(ctx, `SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename NOT IN ('checkpoints', 'credential_uses', 'journal') ORDER BY 1`)
	if err != nil {
		s.t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(names) < 10 {
		s.t.Fatal(names, err)
	}
	var all strings.Builder
	for _, name := range names {
		rows, err := db.Query(ctx, `SELECT to_jsonb(t)::text FROM `+name+` t ORDER BY 1`)
		if err != nil {
			s.t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			s.t.Fatal(err)
		}
		for _, line := range lines {
			fmt.Fprintln(&all, name, line)
		}
	}
	return all.String()
}

// move exports the space and imports it elsewhere: the archive has nothing of those who
// were erased, and the copy is sound.
func (g *garden) move(t *testing.T) {
	t.Helper()
	status, _, archive := g.send(http.MethodGet, "/organizations/"+string(firstOrganization)+g.lab+"/export", "", nil, g.at)
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, archive)
	}
	g.free(t, "the archive", unzipped(t, archive))
	file := filepath.Join(t.TempDir(), "garden.zip")
	if err := os.WriteFile(file, archive, 0o600); err != nil {
		t.Fatal(err)
	}
	if said := g.skein("import-space", file, "--name", "Copy"); !strings.Contains(said, `"Copy"`) {
		t.Error(said)
	}
	g.rightly()
}

// unzipped is all that is in an archive.
func unzipped(t *testing.T, archive []byte) string {
	t.Helper()
	files, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files.File {
		content, err := file.Open()
		if err == nil {
			_, err = io.Copy(&all, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}
