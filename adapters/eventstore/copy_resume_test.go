package eventstore_test

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/adapters/eventstore"
	"skein/domain"
)

// What the source has scavenged since it was copied does not hinder the next run.
func TestACopyGoesOnThoughTheSourceWasScavenged(t *testing.T) {
	t.Parallel()
	here, there := newSite(t), newSite(t)
	here.says(t, "alan", `{"n":0}`)
	here.says(t, "ada", `{"n":0}`, `{"n":1}`)
	copied(t, eventstore.Copy{From: here.conn, To: there.conn})
	if _, err := here.client.TombstoneStream(t.Context(), "ada", esdb.TombstoneStreamOptions{}); err != nil {
		t.Fatal(err)
	}
	here.says(t, "grace", `{"n":0}`)
	if _, err := here.Scavenge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if done := copied(t, eventstore.Copy{From: here.conn, To: there.conn}); done.Events != 1 || done.Tombstones != 1 {
		t.Errorf("%+v", done)
	}
	if got := sight(t, there.client, "ada"); got != sight(t, here.client, "ada") {
		t.Error(got)
	}
}

// Events of an earlier run that were still on their way when it was broken off do no harm.
func TestWhatLandsLateIsNotCopiedTwice(t *testing.T) {
	t.Parallel()
	here, there := newSite(t), newSite(t)
	here.says(t, "ada", `{"n":0}`, `{"n":1}`, `{"n":2}`)
	here.says(t, "alan", `{"n":0}`)
	here.says(t, "ada", `{"n":3}`, `{"n":4}`, `{"n":5}`)
	late := true
	done := copied(t, eventstore.Copy{From: here.conn, To: there.conn, Progress: func(at, _ domain.Position) {
		if late && at > 4 { // alan has arrived
			late = false
			copyOf(t, here, there, "ada", 3)
			copyOf(t, here, there, "ada", 4)
		}
	}})
	if got := sight(t, there.client, "ada"); got != sight(t, here.client, "ada") {
		t.Errorf("%s, %+v", got, done)
	}
}
