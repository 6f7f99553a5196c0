package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A space that is exported from one installation and imported into another shows the
// same contacts there, tells the same histories at the same times, and unmerges the
// same; also when the import is done twice (C0-30).
func TestImportSpace(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	lab := s.space("Lab")
	var ada, eve struct{ ID string }
	s.ask(http.MethodPost, lab+"/fields", `{"key":"city","type":"text"}`, nil)
	s.ask(http.MethodPost, lab+"/inboxes", `{"name":"Londoners","filter":{"test":{"of":"city","how":"is","value":"London"}}}`, nil)
	s.ask(http.MethodPost, lab+"/contacts", `{"fields":{"first_name":"Ada","city":"London"}}`, &ada)
	s.ask(http.MethodPost, lab+"/contacts", `{"fields":{"last_name":"Lovelace","email":"eve@example.org"}}`, &eve)
	at := s.ask(http.MethodPost, lab+"/contacts/"+ada.ID+"/merge", fmt.Sprintf(`{"absorb":%q}`, eve.ID), nil)
	people := 3
	if os.Getenv("SKEIN_LONG") != "" {
		people = 5000
	}
	var rows bytes.Buffer
	rows.WriteString("first_name,email\n")
	for i := range people {
		fmt.Fprintf(&rows, "Person %d,p%d@example.org\n", i, i)
	}
	status, header, text := s.send(http.MethodPost, lab+"/contacts/import", "text/csv", &rows, "")
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	if after := header.Get("Journal-Position"); after != "" {
		at = after
	}
	began := time.Now()
	status, _, archive := s.send(http.MethodGet, "/organizations/"+string(firstOrganization)+lab+"/export", "", nil, at)
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, archive)
	}
	t.Logf("%d contacts exported in %s, %d bytes", people+1, time.Since(began), len(archive))
	file := filepath.Join(t.TempDir(), "lab.zip")
	if err := os.WriteFile(file, archive, 0o600); err != nil {
		t.Fatal(err)
	}

	other := start(t, "") // with keys of its own
	began = time.Now()
	said := other.skein("import-space", file, "--name", "Copy")
	t.Logf("imported in %s", time.Since(began))
	id := regexp.MustCompile(`space (\S+), "Copy"`).FindStringSubmatch(said)
	if id == nil {
		t.Fatal(said)
	}
	copied := "/spaces/" + id[1]
	if again := other.skein("import-space", file); !strings.Contains(again, "imported before: it is space "+id[1]) {
		t.Error(again)
	}
	var log struct {
		Entries []struct{ Actor, Address, Space string }
	}
	noted := other.ask(http.MethodPut, "/organizations/"+string(firstOrganization)+"/members/kit", `{"role":"member"}`, nil)
	other.see("/organizations/"+string(firstOrganization)+"/audit?action=importSpace", noted, &log)
	if len(log.Entries) != 1 || log.Entries[0].Actor != "system:import" || log.Entries[0].Address != "local" || log.Entries[0].Space != id[1] {
		t.Errorf("the audit log says %+v (D5-4)", log.Entries)
	}
	tell := regexp.MustCompile(`"(position|at)":\d+`)
	history := func(s *server, in string) string {
		return tell.ReplaceAllString(s.skein("replay", ada.ID, "--json"), "")
	}
	if was, is := history(s, lab), history(other, copied); was != is {
		t.Errorf("the history\n%s became\n%s", was, is)
	}
	list := func(s *server, in, at string) string {
		var seen struct {
			Contacts []map[string]any
			Next     string
		}
		s.see(in+"/contacts?sort=created&limit=200", at, &seen)
		for _, c := range seen.Contacts {
			delete(c, "position")
		}
		data, err := json.Marshal(seen.Contacts)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	for step, path := range []string{"", "/contacts/" + eve.ID + "/unmerge"} {
		from, to := at, other.ask(http.MethodPost, "/organizations/"+string(firstOrganization)+"/spaces", fmt.Sprintf(`{"name":"Later %d"}`, step), nil)
		if path != "" {
			from, to = s.ask(http.MethodPost, lab+path, `{}`, nil), other.ask(http.MethodPost, copied+path, `{}`, nil)
		}
		if was, is := list(s, lab, from), list(other, copied, to); was != is {
			t.Errorf("after %q the list\n%s became\n%s", path, was, is)
		}
	}
	if status, _, text := other.send(http.MethodPost, copied+"/contacts", "application/json", strings.NewReader(`{"fields":{"email":"eve@example.org"}}`), ""); status != http.StatusConflict {
		t.Errorf("a value that names a contact already: %d %s", status, text)
	}
}

// What is no archive, or was cut off, is refused in words.
func TestImportSpaceRefusals(t *testing.T) {
	t.Parallel()
	cut := filepath.Join(t.TempDir(), "cut.zip")
	if err := os.WriteFile(cut, []byte("PK\x03\x04"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, "is no archive of a space, or it is cut off", "import-space", cut, "--data", t.TempDir())
}
