package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"skein/adapters/postgres/postgrestest"
)

// A history is told the same wherever its journal was copied: to a folder as it is, and
// by way of a node on the network, there and back, with positions of its own.
func TestNodeCopyKeepsHistories(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	lab := s.space("Lab")
	var ada, lord seen
	s.ask(http.MethodPost, lab+"/contacts", `{"fields":{"first_name":"Ada"}}`, &ada)
	s.ask(http.MethodPost, lab+"/contacts", `{"fields":{"last_name":"Lovelace"}}`, &lord)
	s.ask(http.MethodPost, lab+"/contacts/"+ada.ID+"/merge", `{"absorb":"`+lord.ID+`"}`, nil)
	aside, back := filepath.Join(t.TempDir(), "aside"), filepath.Join(t.TempDir(), "back")
	said := did(t, "node", "copy", "--from", s.data, "--to", aside) // from under a running server
	if !strings.Contains(said, "events copied as they are") {
		t.Error(said)
	}
	first := s.skein("replay", ada.ID, "--json")
	s.stop(syscall.SIGTERM)
	if got := did(t, "replay", ada.ID, "--json", "--data", aside); got != first {
		t.Errorf("%s became %s", first, got)
	}
	target := onTheNetwork(t)
	for _, leg := range [][2]string{{s.data, target}, {target, back}, {back, target}} {
		said = did(t, "node", "copy", "--from", leg[0], "--to", leg[1])
	}
	for _, command := range [][]string{{"serve", "--listen", "127.0.0.1:0"}, {"rebuild"}} {
		refused(t, "filled from another journal", append(command, "--data", s.data, "--eventstore", target)...)
	}
	if !strings.Contains(said, "\n0 events of 0 new streams") {
		t.Errorf("nothing was new, but %s", said)
	}
	moved := start(t, handedOn(t, filepath.Join(s.data, "keys")), "--eventstore", target)
	moved.token = s.token
	var got seen
	moved.see(lab+"/contacts/"+ada.ID, moved.ask(http.MethodPost, lab+"/contacts", `{"fields":{"first_name":"Grace"}}`, nil), &got)
	if got.Fields["first_name"] != "Ada" || got.Fields["last_name"] != "Lovelace" {
		t.Errorf("got %+v", got)
	}
	position := regexp.MustCompile(`"(position|at)":\d+`)
	if got := did(t, "replay", ada.ID, "--json", "--data", back); position.ReplaceAllString(got, "") != position.ReplaceAllString(first, "") {
		t.Errorf("%s became %s", first, got)
	}
}

// handedOn is a new data folder with the keys of another.
func handedOn(t *testing.T, keys string) string {
	t.Helper()
	data := postgrestest.Config(t).Dir
	text, err := os.ReadFile(keys)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "keys"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return data
}

// onTheNetwork is the connection string of an empty node.
func onTheNetwork(t *testing.T) string {
	t.Helper()
	out, _ := aside(t, "node", "--data", t.TempDir(), "--listen", "127.0.0.1:0")
	return "esdb://" + nodeAddress.FindStringSubmatch(out.String())[1]
}

// Between folders nothing is different afterwards, and another copy adds what is new.
func TestNodeCopyBetweenFolders(t *testing.T) {
	t.Parallel()
	from, to := filepath.Join(t.TempDir(), "journal"), filepath.Join(t.TempDir(), "journal")
	for _, n := range []string{"1", "2"} {
		imports := written(t, "archive", archived(n), 0o600)
		did(t, "node", "import", "--folder", from, imports)
		if said := did(t, "node", "copy", "--from", from, "--to", to); !strings.HasPrefix(said, "1 events copied as they are; the last is at position "+n) {
			t.Error(said)
		}
	}
	if did(t, "node", "export", "--folder", from) != did(t, "node", "export", "--folder", to) {
		t.Error("the folders differ")
	}
}

// archived is an event of an archive.
func archived(position string) string {
	return `{"position":` + position + `,"stream":"ada-` + position + `","revision":0,"id":"00000000-0000-7000-8000-00000000000` + position +
		`","type":"said","created":"2026-01-31T15:04:05Z","json":true,"data":"{}","metadata":"{}"}` + "\n"
}

// What cannot be copied is refused with what to do.
func TestNodeCopyRefuses(t *testing.T) {
	t.Parallel()
	from, busy := filepath.Join(t.TempDir(), "journal"), t.TempDir()
	did(t, "node", "import", "--folder", from, written(t, "archive", archived("1"), 0o600))
	refused(t, "the same store", "node", "copy", "--from", from, "--to", filepath.Dir(from))
	refused(t, "there is no event store in", "node", "copy", "--from", t.TempDir(), "--to", t.TempDir())
	_, stop := aside(t, "node", "--data", busy, "--listen", "127.0.0.1:0")
	refused(t, "name its connection string", "node", "copy", "--from", from, "--to", busy)
	_ = stop()
	did(t, "node", "import", "--folder", filepath.Join(busy, "journal"), written(t, "archive", strings.Replace(archived("1"), "ada-", "alan-", 1), 0o600))
	refused(t, "the target holds other events", "node", "copy", "--from", from, "--to", busy)
}

// A copy that follows ends in peace when it is told to.
func TestNodeCopyFollows(t *testing.T) {
	t.Parallel()
	from := filepath.Join(t.TempDir(), "journal")
	did(t, "node", "import", "--folder", from, written(t, "archive", archived("1")+archived("2"), 0o600))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out bytes.Buffer
	ended := make(chan error, 1)
	target := onTheNetwork(t)
	go func() {
		ended <- run(ctx, []string{"node", "copy", "--follow", "--from", from, "--to", target}, &out, io.Discard)
	}()
	to := t.TempDir()
	waitFor(t, func() bool {
		said, err := do(t, "node", "copy", "--from", target, "--to", to)
		return err == nil && strings.Contains(said, "up to position 2")
	})
	cancel()
	if err := <-ended; err != nil || !strings.Contains(out.String(), "2 events of 2 new streams") {
		t.Errorf("%v\n%s", err, &out)
	}
}
