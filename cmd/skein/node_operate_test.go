package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/adapters/eventnode"
)

// told is a client of a node that runs in the folder until stop, and in whose streams
// something was said.
func told(t *testing.T, folder string, streams ...string) (c *esdb.Client, stop func()) {
	t.Helper()
	n, err := eventnode.Start(eventnode.Config{Dir: folder, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := esdb.ParseConnectionString("esdb://localhost?tls=false")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Address, cfg.Logger = n.Target(), nil
	if c, err = esdb.NewClient(cfg); err != nil {
		t.Fatal(err)
	}
	for _, stream := range streams {
		_, err := c.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{},
			esdb.EventData{EventType: "said", Data: []byte("the word of " + stream)}, esdb.EventData{EventType: "said"})
		if err != nil {
			t.Fatal(err)
		}
	}
	stop = sync.OnceFunc(func() {
		_ = c.Close()
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return c, stop
}

// An operator's work is the same whether the node runs or not.
func TestNodeOperated(t *testing.T) {
	t.Parallel()
	for _, running := range []bool{true, false} {
		data, aside := t.TempDir(), t.TempDir()
		c, stop := told(t, filepath.Join(data, "journal"), "ada", "grace")
		if _, err := c.TombstoneStream(t.Context(), "ada", esdb.TombstoneStreamOptions{}); err != nil {
			t.Fatal(err)
		}
		archive, copied, again := filepath.Join(aside, "all.ndjson"), filepath.Join(aside, "copy"), filepath.Join(aside, "again")
		if running {
			refused(t, "stop the skein that runs there", "node", "import", "--data", data, os.DevNull)
		} else {
			stop()
		}
		if len(holding(t, data, "the word of ada")) == 0 {
			t.Error("the destroyed event was in no file")
		}
		for _, step := range []struct {
			want string
			args []string
		}{
			{"2 events of 1 streams removed", []string{"scavenge"}},
			{"Backed up to " + copied, []string{"backup", copied}},
			{"Exported to " + archive, []string{"export", archive}},
			{"3 events in 2 streams up to position 5", []string{"verify"}},
			{"All is well", []string{"verify", "--folder", copied}},
			{"3 events imported; the last is at position 5", []string{"import", "--folder", again, archive}},
			{"0 events imported; the last is at position 5", []string{"import", "--folder", copied, archive}},
		} {
			if out := did(t, append([]string{"node", "--data", data}, step.args...)...); !strings.Contains(out, step.want) {
				t.Errorf("%v said %s", step.args, out)
			}
		}
		for _, folder := range []string{data, aside} {
			if found := holding(t, folder, "the word of ada"); len(found) > 0 {
				t.Errorf("the destroyed event is in %v", found)
			}
		}
		if len(holding(t, aside, "the word of grace")) == 0 {
			t.Error("the backup does not hold what was kept")
		}
		whole, err := os.ReadFile(archive)
		if err != nil {
			t.Fatal(err)
		}
		for _, from := range []string{copied, again} {
			if got := did(t, "node", "export", "--folder", from); got != string(whole) {
				t.Errorf("%s holds\n%snot\n%s", from, got, whole)
			}
		}
		refused(t, "is there already", "node", "backup", copied, "--data", data)
		refused(t, "is there already", "node", "export", archive, "--data", data)
	}
}

// holding is the files of a folder that contain a text.
func holding(t *testing.T, folder, text string) (found []string) {
	t.Helper()
	for _, file := range files(t, folder) {
		content, err := os.ReadFile(file)
		if err == nil && bytes.Contains(content, []byte(text)) {
			found = append(found, file)
		}
	}
	return found
}

func TestNodeVerifyFailsOnADamagedStore(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	_, stop := told(t, filepath.Join(data, "journal"), "ada", "grace")
	stop()
	did(t, "node", "scavenge", "--data", data)
	tables, err := filepath.Glob(filepath.Join(data, "journal", "*.sst"))
	if err != nil || len(tables) != 1 {
		t.Fatal(tables, err)
	}
	content, err := os.ReadFile(tables[0])
	if err != nil {
		t.Fatal(err)
	}
	content[10]++
	if err := os.WriteFile(tables[0], content, 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, "restore a backup or an export", "node", "verify", "--data", data)
}

// What works on a store makes none.
func TestNodeWithoutAStore(t *testing.T) {
	t.Parallel()
	for _, work := range [][]string{{"scavenge"}, {"verify"}, {"export"}, {"backup", filepath.Join(t.TempDir(), "copy")}} {
		data := t.TempDir()
		refused(t, "there is no event store in "+filepath.Join(data, "journal"), append(append([]string{"node"}, work...), "--data", data)...)
		if found := files(t, data); len(found) > 0 {
			t.Errorf("%v made %v", work, found)
		}
	}
}
