package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"skein/adapters/eventstore"
)

// Whatever the product records is chained: by commands, imports of files and of spaces,
// subcommands beside the server, and after a copy of the journal to another store.
func TestAllThatIsRecordedIsChained(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	lab := s.space("Lab")
	var ada, eve struct{ ID string }
	s.ask(http.MethodPost, lab+"/contacts", `{"fields":{"first_name":"Ada","email":"ada@example.org"}}`, &ada)
	s.ask(http.MethodPost, lab+"/contacts", `{"fields":{"last_name":"Lovelace"}}`, &eve)
	at := s.ask(http.MethodPost, lab+"/contacts/"+ada.ID+"/merge", fmt.Sprintf(`{"absorb":%q}`, eve.ID), nil)
	if status, _, text := s.send(http.MethodPost, lab+"/contacts/import", "text/csv", strings.NewReader("first_name\nGrace\nAlan\n"), ""); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	_, _, archive := s.send(http.MethodGet, "/organizations/"+string(firstOrganization)+lab+"/export", "", nil, at)
	file := filepath.Join(t.TempDir(), "lab.zip")
	if err := os.WriteFile(file, archive, 0o600); err != nil {
		t.Fatal(err)
	}
	said := s.skein("import-space", file, "--name", "Copy")
	restored := regexp.MustCompile(`space (\S+),`).FindStringSubmatch(said)[1]
	s.space("Later") // so that what another process did is seen at once
	s.ask(http.MethodPatch, "/spaces/"+restored+"/contacts/"+ada.ID, `{"fields":{"first_name":"Augusta"}}`, nil)
	s.stop(syscall.SIGTERM)
	chained(t, s.data, "")

	target := onTheNetwork(t)
	did(t, "node", "copy", "--from", s.data, "--to", target)
	moved := start(t, handedOn(t, filepath.Join(s.data, "keys")), "--eventstore", target)
	moved.token = s.token
	moved.ask(http.MethodPatch, lab+"/contacts/"+ada.ID, `{"fields":{"first_name":"Augusta"}}`, nil)
	moved.stop(syscall.SIGTERM)
	chained(t, moved.data, target)
}

// chained fails unless all events are chained, none is broken, and there are some.
func chained(t *testing.T, data, target string) {
	t.Helper()
	s := &settings{Data: data, EventStore: target, err: io.Discard, out: io.Discard}
	h, err := enter(t.Context(), s, withJournal)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if _, err := h.commandsOn(t.Context(), s, nil); err != nil {
		t.Fatal(err)
	}
	end, err := h.journal.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	done, err := h.journal.CheckChains(t.Context(), 0, end, func(b eventstore.Broken) { t.Error(b) })
	if err != nil || done.Linked != done.Events || done.Events < 20 {
		t.Errorf("%+v, %v", done, err)
	}
}
