package eventstore_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/adapters/eventstore"
	"skein/domain"
	"skein/domain/contact"
)

func TestTooLarge(t *testing.T) {
	t.Parallel()
	j := open(t, start(t, t.TempDir()).Target())
	long := named(strings.Repeat("a", 1<<19))
	if _, err := j.Append(t.Context(), "contact-lab.ada", 0, by, long, long); !errors.Is(err, eventstore.ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
	if _, err := j.Append(t.Context(), "contact-lab.ada", 0, by, long); err != nil {
		t.Error(err)
	}
}

func TestTombstone(t *testing.T) {
	t.Parallel()
	conn := dial(t, start(t, t.TempDir()).Target())
	j := eventstore.NewJournal(conn, codec)
	if _, err := j.Append(t.Context(), "contact-lab.ada", 0, by, named("Ada")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := j.Tombstone(t.Context(), "contact-lab.ada"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := j.Append(t.Context(), "contact-lab.ada", 1, by, named("Ada")); !errors.Is(err, eventstore.ErrDeleted) {
		t.Errorf("append: got %v, want ErrDeleted", err)
	}
	for _, err := range j.Read(t.Context(), "contact-lab.ada", 0) {
		if !errors.Is(err, eventstore.ErrDeleted) {
			t.Errorf("read: got %v, want ErrDeleted", err)
		}
	}
	if err := conn.Listen(t.Context(), "contact-lab.ada", 0, nil); !errors.Is(err, eventstore.ErrDeleted) {
		t.Errorf("listen: got %v, want ErrDeleted", err)
	}
	if err := conn.Add(t.Context(), "contact-lab.ada", esdb.EventData{EventType: "message"}); !errors.Is(err, eventstore.ErrDeleted) {
		t.Errorf("add: got %v, want ErrDeleted", err)
	}
}

func TestAll(t *testing.T) {
	t.Parallel()
	node := start(t, t.TempDir())
	j := open(t, node.Target())
	if end, err := j.End(t.Context()); end != 0 || err != nil {
		t.Errorf("an empty journal ends at %d, %v", end, err)
	}
	middle, err := j.Append(t.Context(), "contact-lab.ada", 0, by, named("Ada"), named("Countess"))
	if err != nil {
		t.Fatal(err)
	}
	foreign(t, node.Target(), "contact-lab.ada", "contact.unheard_of")
	foreign(t, node.Target(), "$settings", "settings")
	end, err := j.Append(t.Context(), "contact-lab.eve", 0, by, named("Eve"))
	if err != nil {
		t.Fatal(err)
	}

	if got, err := j.End(t.Context()); got != end || err != nil {
		t.Errorf("the journal ends at %d, %v; want %d", got, err, end)
	}
	for after, want := range map[domain.Position]string{0: "Ada Countess ? Eve", middle: "? Eve", end: ""} {
		var got []string
		for r, err := range j.All(t.Context(), after) {
			if err != nil && r.Stream == "contact-lab.ada" && r.Revision == 2 {
				got = append(got, "?")
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, r.Event.(contact.Edited).Says["first_name"])
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("after %d: %q, want %q", after, got, want)
		}
	}
	for range j.All(t.Context(), 0) {
		break
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range j.All(over, 0) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("read all with %v", err)
		}
	}
}

// A reading that is cut short by its context says so, also when it was waiting for its
// reader just then.
func TestAllCutShort(t *testing.T) {
	t.Parallel()
	j := open(t, start(t, t.TempDir()).Target())
	const events = 20 * 256
	backlog(t, j, events)
	for range 50 {
		ctx, cancel := context.WithCancel(t.Context())
		read, failed := 0, false
		for _, err := range j.All(ctx, 0) {
			cancel()
			read++
			failed = err != nil
		}
		cancel()
		if !failed && read < events {
			t.Errorf("ended after %d events without a word", read)
		}
	}
}

// foreign records an event that the domain does not know.
func foreign(t testing.TB, target, stream, kind string) {
	t.Helper()
	cfg, err := esdb.ParseConnectionString("esdb://localhost?tls=false")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Address, cfg.Logger = target, nil
	client, err := esdb.NewClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	e := esdb.EventData{EventType: kind, Data: []byte("{}"), Metadata: []byte("{}")}
	if _, err := client.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{}, e); err != nil {
		t.Fatal(err)
	}
}
