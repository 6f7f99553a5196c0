package postgres

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestARecordWeighsWhatItSays(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]slog.Level{
		when + "00000 LOG:  database system is ready to accept connections":   slog.LevelDebug,
		when + "23505 ERROR:  duplicate key value violates unique constraint": slog.LevelWarn,
		when + "23505 STATEMENT:  INSERT INTO kept":                           slog.LevelDebug,
		when + "23505 DETAIL:  Key (name)=(ada) already exists.":              slog.LevelDebug,
		when + "57P03 FATAL:  the database system is starting up":             slog.LevelDebug,
		when + "XX000 PANIC:  could not write to file":                        slog.LevelError,
		"postgres: could not find the database system":                        slog.LevelWarn,
	} {
		if got := weigh(said); got != want {
			t.Errorf("%q weighs %v, want %v", said, got, want)
		}
	}
}

func TestLinesOfOneRecordAreToldAsOne(t *testing.T) {
	t.Parallel()
	l, told := listen(t)
	l.follow(strings.NewReader(
		when + "42601 ERROR:  syntax error\n\tor so\n" +
			when + "42601 STATEMENT:  SELECT\n\t\tname\n\tFROM\n" +
			when + "00000 LOG:  checkpoint starting\n"))
	want := []string{
		"WARN " + when + "42601 ERROR:  syntax error\nor so",
		"DEBUG " + when + "42601 STATEMENT:  SELECT\n\tname\nFROM",
		"DEBUG " + when + "00000 LOG:  checkpoint starting",
	}
	if diff := cmp.Diff(want, told.records); diff != "" {
		t.Error(diff)
	}
}

// A reader that gives a line at a time is a server that may say no more for long.
func TestARecordIsNotHeldBack(t *testing.T) {
	t.Parallel()
	l, told := listen(t)
	first := when + "XX000 PANIC:  could not write to file"
	told.next = make(chan string)
	out, in := io.Pipe()
	go func() {
		defer in.Close()
		_, _ = io.WriteString(in, first+"\n")
		if got := <-told.next; got != "ERROR "+first {
			t.Errorf("told %q", got)
		}
	}()
	l.follow(out)
}

func TestALongRecordIsCut(t *testing.T) {
	t.Parallel()
	l, told := listen(t)
	long := strings.Repeat("x", 3*longestRecord)
	l.follow(strings.NewReader(
		when + "42601 ERROR:  " + long + "\n\t" + long + "\n" + when + "42601 ERROR:  and another\n"))
	if n := len(told.records); n != 2 || len(told.records[0]) > 2*longestRecord {
		t.Errorf("told %d records, the first of %d bytes", n, len(told.records[0]))
	}
}

func TestTheEndingIsOfWhatTheServerSaysOfItself(t *testing.T) {
	t.Parallel()
	l, _ := listen(t)
	l.follow(strings.NewReader(
		when + "00000 LOG:  redo starts\n" +
			when + "23505 STATEMENT:  INSERT\n" +
			when + "57P03 FATAL:  the database system is starting up\n"))
	want := "; postgres.log ends with:\n" + when + "00000 LOG:  redo starts"
	if got := l.ending(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

const when = "2026-11-22 03:37:28.721 UTC [42] "

// ledger is a slog.Handler that keeps what it is told.
type ledger struct {
	records []string
	next    chan string // told too, unless nil
}

func listen(t *testing.T) (*serverLog, *ledger) {
	t.Helper()
	file, err := openBounded(t.TempDir(), "postgres.log", account{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	told := &ledger{}
	return &serverLog{to: slog.New(told), file: file}, told
}

func (l *ledger) Enabled(context.Context, slog.Level) bool { return true }
func (l *ledger) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l *ledger) WithGroup(string) slog.Handler            { return l }

func (l *ledger) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		l.records = append(l.records, r.Level.String()+" "+a.Value.String())
		return true
	})
	if l.next != nil {
		l.next <- l.records[len(l.records)-1]
	}
	return nil
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
