package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What a killed export left is removed by the next of that name, but nothing that is still
// written; and what a killed backup left is named.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	data, aside := t.TempDir(), t.TempDir()
	did(t, "node", "import", "--data", data, written(t, "archive", archived("1"), 0o600))
	to := filepath.Join(aside, "all[1]")
	written, err := begin(to)
	if err != nil {
		t.Fatal(err)
	}
	defer written.Close()
	for _, name := range []string{to + ".unfinished-left", to + "2.unfinished-other", to + ".gz"} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	did(t, "node", "export", "--data", data, to)
	want := []string{to, to + ".gz", written.Name(), to + "2.unfinished-other"}
	if got := files(t, aside); !slices.Equal(got, want) {
		t.Errorf("%v instead of %v", got, want)
	}
	backup := filepath.Join(aside, "monday")
	if err := os.Mkdir(backup+".unfinished-1234", 0o700); err != nil {
		t.Fatal(err)
	}
	if said := did(t, "node", "backup", "--data", data, backup); !strings.Contains(said, backup+".unfinished-1234 is left of a backup") ||
		!strings.Contains(said, "remove the folder postgres") {
		t.Error(said)
	}
}
