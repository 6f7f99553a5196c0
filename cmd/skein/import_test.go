package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file is imported through the API, with a word on each row that is refused.
func TestImport(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	lab := s.space("Lab")
	file := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(file, []byte("Given name,email,Notes\nAda,ada@example.org,x\nEve,ada@example.org,\nKit,no address,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, stderr bytes.Buffer
	err := run(t.Context(), []string{
		"import", file, "--server", strings.TrimSuffix(s.api, "/v1"), "--token", s.token, "--space", strings.TrimPrefix(lab, "/spaces/"),
		"--map", "Given name:first_name", "--ignore", "Notes", "--data", s.data,
	}, &out, &stderr)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "3 rows: 1 contacts created, 2 rows refused") ||
		!strings.Contains(stderr.String(), "row 3:") || !strings.Contains(stderr.String(), "identifier_taken") || !strings.Contains(stderr.String(), "value_invalid") {
		t.Errorf("the import said\n%s%s", out.String(), stderr.String())
	}
}
