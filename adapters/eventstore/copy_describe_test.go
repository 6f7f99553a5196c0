package eventstore_test

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"skein/adapters/eventstore"
)

// What a store says by itself of a stream that comes back is not said twice when it does
// so on both sides; but whoever says the same later is heard.
func TestAStreamComesBackOnce(t *testing.T) {
	t.Parallel()
	here, there := newSite(t), newSite(t)
	here.says(t, "ada", `{"n":0}`)
	if _, err := here.client.DeleteStream(t.Context(), "ada", esdb.DeleteStreamOptions{}); err != nil {
		t.Fatal(err)
	}
	here.describes(t, "ada", `{"colour":"red"}`) // and the store, that it begins with 1
	here.says(t, "ada", `{"n":1}`)
	here.describes(t, "ada", `{"colour":"red","$tb":1}`)
	descriptions := func(s site) (said []string) {
		for e := range readAll(t, s.client) {
			if e.StreamID == "$$ada" {
				said = append(said, tidy(string(e.Data)))
			}
		}
		return said
	}
	copied(t, eventstore.Copy{From: here.conn, To: there.conn})
	if diff := cmp.Diff(descriptions(here), descriptions(there)); diff != "" || len(descriptions(here)) != 4 {
		t.Error(diff, descriptions(here))
	}
	if _, err := here.client.DeleteStream(t.Context(), "ada", esdb.DeleteStreamOptions{}); err != nil {
		t.Fatal(err)
	}
	here.says(t, "ada", `{"n":2}`) // the store says that it begins with 2
	here.describes(t, "ada", `{"$tb":2}`)
	copied(t, eventstore.Copy{From: here.conn, To: there.conn})
	last := func(s site) (id uuid.UUID) {
		for e := range readAll(t, s.client) {
			if e.StreamID == "$$ada" {
				id = e.EventID
			}
		}
		return id
	}
	if last(here) != last(there) {
		t.Error("the last description was taken for the store's own")
	}
}
