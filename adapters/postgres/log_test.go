package postgres

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestALineWeighsWhatItSays(t *testing.T) {
	t.Parallel()
	const when = "2026-11-22 03:37:28.721 UTC [42] "
	for _, line := range []struct {
		text string
		want slog.Level
	}{
		{when + "00000 LOG:  database system is ready to accept connections", slog.LevelDebug},
		{when + "23505 ERROR:  duplicate key value violates unique constraint", slog.LevelWarn},
		{when + "23505 STATEMENT:  INSERT INTO kept", slog.LevelWarn},
		{"\tVALUES ($1)", slog.LevelWarn},
		{when + "57P03 FATAL:  the database system is starting up", slog.LevelDebug},
		{when + "XX000 PANIC:  could not write to file", slog.LevelError},
	} {
		before := slog.LevelWarn // of the line that the third and the fourth belong to
		if got := weigh(line.text, before); got != line.want {
			t.Errorf("%q weighs %v, want %v", line.text, got, line.want)
		}
	}
}

func TestTheFileIsBounded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := openBounded(dir, "said", account{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for range 5 * fileLimit / 1000 {
		if err := f.WriteLine(strings.Repeat("x", 999)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"said", "said.1"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() > fileLimit+2000 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}
