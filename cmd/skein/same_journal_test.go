package main

import (
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A database goes with one journal: not with a backup of it that went on otherwise, however
// long that has become, and not with a new one, to which nothing is written.
func TestADatabaseGoesWithOneJournal(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	lab := s.space("Lab")
	journal, backup := filepath.Join(s.data, "journal"), filepath.Join(t.TempDir(), "backup")
	s.skein("node", "backup", backup)
	var ada seen
	position := s.ask(http.MethodPost, lab+"/contacts", `{"fields":{"first_name":"Ada"}}`, &ada)
	s.see(lab+"/contacts/"+ada.ID, position, &ada)
	s.stop(syscall.SIGTERM)

	_, stop := told(t, backup, "grace", "alan", "eve")
	stop()
	kept := filepath.Join(t.TempDir(), "kept")
	instead := func(of string) {
		if err := os.Rename(journal, of); err != nil {
			t.Fatal(err)
		}
	}
	instead(kept)
	if err := os.Rename(backup, journal); err != nil {
		t.Fatal(err)
	}
	refused(t, "filled from another journal", "rebuild", "--data", s.data)

	instead(backup)
	refused(t, "filled from another journal", "serve", "--data", s.data, "--listen", "127.0.0.1:0")
	if written := s.skein("node", "export"); written != "" {
		t.Errorf("the new journal holds %s", written)
	}

	instead(filepath.Join(t.TempDir(), "new"))
	if err := os.Rename(kept, journal); err != nil {
		t.Fatal(err)
	}
	s.skein("rebuild", "contacts")
}
