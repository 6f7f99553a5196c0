package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is no name of a store is refused, and neither repeated nor taken for a folder, for
// it may hold a password.
func TestAMistypedStoreIsNotRepeated(t *testing.T) {
	t.Parallel()
	from := filepath.Join(t.TempDir(), "journal")
	did(t, "node", "import", "--folder", from, written(t, "archive", archived("1"), 0o600))
	for _, wrong := range []string{"http://ada:secret@localhost:1", "esdb//ada:secret@localhost:1", "ada:secret@localhost:1", "ESDB://ada:secret@localhost:port"} {
		for _, command := range [][]string{
			{"node", "copy", "--from", wrong, "--to", t.TempDir()},
			{"node", "copy", "--from", from, "--to", wrong},
			{"replay", "ada", "--data", t.TempDir(), "--eventstore", wrong},
		} {
			out, err := do(t, command...)
			if err == nil || !strings.Contains(err.Error(), "esdb://user:password@host:port") {
				t.Errorf("%v: %v", command, err)
			} else if strings.Contains(out+err.Error(), "secret") {
				t.Errorf("%v repeats the password: %v\n%s", command, err, out)
			}
		}
		folder, _, _ := strings.Cut(wrong, "/")
		if _, err := os.Stat(folder); err == nil {
			t.Errorf("%s was made", folder)
			_ = os.RemoveAll(folder)
		}
	}
}

// Where nothing can be read nothing is made.
func TestAFailedCopyOrImportMakesNoStore(t *testing.T) {
	t.Parallel()
	cert, key := certificate(t)
	out, _ := aside(t, "node", "--data", t.TempDir(), "--listen", "127.0.0.1:0",
		"--certificate", cert, "--key-file", key, "--users", written(t, "users", "ada:lovelace\n", 0o600))
	locked := "esdb://ada:wrong@" + nodeAddress.FindStringSubmatch(out.String())[1] + "?tlsCAFile=" + cert
	spoilt := filepath.Join(t.TempDir(), "journal")
	if err := os.MkdirAll(filepath.Join(spoilt, "OPTIONS-000001"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{
		{"node", "copy", "--from", locked, "--to"},
		{"node", "copy", "--from", spoilt, "--to"},
		{"node", "import", "/", "--data"},
		{"node", "import", written(t, "picture", "GIF89a", 0o600), "--data"},
	} {
		to := filepath.Join(t.TempDir(), "to")
		said, err := do(t, append(command, to)...)
		if err == nil || strings.Contains(said+err.Error(), "wrong@") {
			t.Errorf("%v: %v\n%s", command, err, said)
		}
		if found := files(t, filepath.Dir(to)); len(found) > 0 {
			t.Errorf("%v made %v", command, found)
		}
	}
}
