package eventstore_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"skein/adapters/eventnode"
	"skein/adapters/eventstore"
	"skein/domain/contact"
)

var monday = time.Date(2020, 1, 6, 9, 0, 0, 123_000, time.UTC)

// line is an event in an archive of a node.
type line struct {
	Position uint64 `json:"position"`
	Stream   string `json:"stream"`
	Revision uint64 `json:"revision"`
	ID       string `json:"id"`
	Type     string `json:"type"`
	Created  string `json:"created"`
	JSON     bool   `json:"json"`
	Data     string `json:"data"`
	Metadata string `json:"metadata"`
}

func (a line) name() string { return fmt.Sprintf("%d@%s", a.Revision, a.Stream) }

// rewritten is a node with what somebody made of the archive of another one. All its
// checksums are right.
func rewritten(t *testing.T, s site, change func([]line) []line) site {
	t.Helper()
	var archive bytes.Buffer
	if err := s.Export(t.Context(), &archive); err != nil {
		t.Fatal(err)
	}
	var all []line
	for lines := json.NewDecoder(&archive); lines.More(); {
		var a line
		if err := lines.Decode(&a); err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	write := json.NewEncoder(&archive)
	for _, a := range change(all) {
		if err := write.Encode(a); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	at, err := eventnode.Open(eventnode.Config{Dir: dir, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	_, err = at.Import(t.Context(), &archive)
	report, verified := at.Verify(t.Context())
	if err != nil || verified != nil || len(report.Problems) > 0 || at.Close() != nil {
		t.Fatal(err, verified, report.Problems)
	}
	node := start(t, dir)
	there := site{node, official(t, node.Target()), dial(t, node.Target())}
	t.Cleanup(func() { there.client.Close() })
	return there
}

func altered(t *testing.T, s site, change func(*line)) site {
	t.Helper()
	return rewritten(t, s, func(all []line) []line {
		for i := range all {
			change(&all[i])
		}
		return all
	})
}

// flipped is a text with another byte somewhere.
func flipped(text string, at int) string {
	b := []byte(text)
	b[at] ^= 1
	return string(b)
}

// another is a text with another digit somewhere, of hex or base64.
func another(text string, at int) string {
	if text[at] == '1' {
		return text[:at] + "2" + text[at+1:]
	}
	return text[:at] + "1" + text[at+1:]
}

// A byte that somebody changes in the store, with all checksums made right again, is
// found in the event that it is in: what happened, to whom, who asked for it, its id, and
// the hash itself. The node's own check sees none of it.
func TestAByteThatIsChangedIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	bare, j := eventstore.NewJournal(s.conn, codec), eventstore.NewJournal(s.conn, codec).Chained(hash)
	tells(t, bare, "contact-lab.old", 0, 2)
	tells(t, j, "contact-lab.old", 2, 1)
	tells(t, j, "contact-lab.ada", 0, 3)
	tells(t, j, "contact-lab.eve", 0, 1)
	sound(t, s, eventstore.Checked{Events: 7, Streams: 3, Linked: 5})
	const is, lacks = " is not what was recorded, or what came before it is not\n", " carries no hash, though events recorded before it do\n"
	for name, change := range map[string]struct {
		of     string
		change func(*line)
		want   string
	}{
		"Data":            {"1@contact-lab.ada", func(a *line) { a.Data = flipped(a.Data, 24) }, "1@contact-lab.ada" + is},
		"DataOfTheLast":   {"2@contact-lab.ada", func(a *line) { a.Data = flipped(a.Data, 24) }, "2@contact-lab.ada" + is},
		"DataOfTheFirst":  {"0@contact-lab.eve", func(a *line) { a.Data = flipped(a.Data, 24) }, "0@contact-lab.eve" + is},
		"DataBeforeLinks": {"1@contact-lab.old", func(a *line) { a.Data = flipped(a.Data, 24) }, "2@contact-lab.old" + is},
		"Actor":           {"1@contact-lab.ada", func(a *line) { a.Metadata = flipped(a.Metadata, 8) }, "1@contact-lab.ada" + is},
		"Kind":            {"0@contact-lab.eve", func(a *line) { a.Type = flipped(a.Type, 3) }, "0@contact-lab.eve" + is},
		"ID":              {"0@contact-lab.eve", func(a *line) { a.ID = another(a.ID, 35) }, "0@contact-lab.eve" + is},
		"Stream":          {"0@contact-lab.eve", func(a *line) { a.Stream = flipped(a.Stream, 13) }, "0@contact-lab.ewe" + is},
		"Hash":            {"2@contact-lab.ada", func(a *line) { a.Metadata = another(a.Metadata, len(a.Metadata)-10) }, "2@contact-lab.ada" + is},
		"ContentType":     {"1@contact-lab.ada", func(a *line) { a.JSON = false }, "1@contact-lab.ada" + is},
		"TimeOfAppender":  {"1@contact-lab.ada", func(a *line) { a.Metadata = another(a.Metadata, len(a.Metadata)-40) }, "1@contact-lab.ada" + is},
		"EndOfHash":       {"2@contact-lab.ada", func(a *line) { a.Metadata = flipped(a.Metadata, len(a.Metadata)-3) }, "2@contact-lab.ada" + lacks},
		"NameOfHash":      {"0@contact-lab.eve", func(a *line) { a.Metadata = flipped(a.Metadata, len(a.Metadata)-30) }, "0@contact-lab.eve" + lacks},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			met := false
			got, done := check(t, altered(t, s, func(a *line) {
				if a.name() == change.of {
					met = true
					change.change(a)
				}
			}))
			if got != strings.Replace(change.want, "ewe", flipped("eve", 1), 1) || !met || done.Broken != 1 {
				t.Errorf("%+v\n%sinstead of\n%s", done, got, change.want)
			}
		})
	}
}

// That the first hash of a journal is called something else does not make it older than
// all hashes.
func TestTheFirstHashCannotBeHidden(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	j := eventstore.NewJournal(s.conn, codec).Chained(hash)
	tells(t, j, "contact-lab.ada", 0, 1)
	got, _ := check(t, altered(t, s, func(a *line) { a.Metadata = strings.Replace(a.Metadata, "chain", "chaim", 1) }))
	if got != "0@contact-lab.ada carries no hash, and metadata that were not recorded so\n" {
		t.Error(got)
	}
}

// A byte that changes by itself, in a file, is found by the node.
func TestAByteThatRotsIsFoundByTheNode(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	node := start(t, dir)
	j := open(t, node.Target())
	for n := range uint64(20) {
		if _, err := j.Append(t.Context(), "contact-lab.ada", n, by, contact.Edited{Says: map[contact.Slot]string{"first_name": strings.Repeat("Ada", 100)}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := node.Scavenge(t.Context()); err != nil { // which has the events written to a table
		t.Fatal(err)
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	tables, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	if err != nil || len(tables) == 0 {
		t.Fatal(tables, err)
	}
	for _, table := range tables {
		content, err := os.ReadFile(table)
		if err != nil {
			t.Fatal(err)
		}
		content[10] ^= 1
		if err := os.WriteFile(table, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at, err := eventnode.Open(eventnode.Config{Dir: dir, Log: quiet})
	if err != nil {
		return // found even sooner
	}
	defer at.Close()
	if report, err := at.Verify(t.Context()); err != nil || len(report.Problems) == 0 {
		t.Errorf("%+v, %v", report, err)
	}
}
