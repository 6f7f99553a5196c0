package eventstore_test

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/adapters/eventstore"
	"skein/domain"
)

// An event is known by its position for as long as it is there.
func TestIDAt(t *testing.T) {
	t.Parallel()
	here := newSite(t)
	here.says(t, "ada", `{"n":0}`, `{"n":1}`)
	here.says(t, "alan", `{"n":0}`)
	j := eventstore.NewJournal(here.conn, codec)
	ids := map[domain.Position]string{}
	for e := range readAll(t, here.client) {
		ids[domain.Position(e.Position.Commit)] = e.EventID.String()
	}
	is := func(at domain.Position, want string) {
		t.Helper()
		if got, err := j.IDAt(t.Context(), at); err != nil || got != want {
			t.Errorf("at %d is %q instead of %q, %v", at, got, want, err)
		}
	}
	for at, id := range ids {
		is(at, id)
	}
	is(domain.Position(end(t, here.client)+1), "")
	if _, err := here.client.TombstoneStream(t.Context(), "ada", esdb.TombstoneStreamOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := here.Scavenge(t.Context()); err != nil {
		t.Fatal(err)
	}
	is(1, "")
	is(2, "")
	is(3, ids[3])
}

// A copy with positions or times of its own has another mark than the journal.
func TestMark(t *testing.T) {
	t.Parallel()
	here, there := newSite(t), newSite(t)
	mark := func(s site) string {
		t.Helper()
		said, err := eventstore.NewJournal(s.conn, codec).Mark(t.Context(), "ada")
		if err != nil {
			t.Fatal(err)
		}
		return said
	}
	if mark(here) != "" {
		t.Error("an empty journal has a mark")
	}
	here.says(t, "ada", `{"n":0}`)
	first := mark(here)
	here.says(t, "ada", `{"n":1}`)
	copied(t, eventstore.Copy{From: here.conn, To: there.conn})
	if first == "" || mark(here) != first || mark(there) == first {
		t.Errorf("%s, %s, %s", first, mark(here), mark(there))
	}
}
