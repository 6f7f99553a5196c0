package eventstore_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"pgregory.net/rapid"

	"skein/adapters/eventnode"
	"skein/adapters/eventstore"
	"skein/adapters/eventstore/outage"
	"skein/domain"
)

// What is copied is the same for who reads it; to copy it again changes nothing; what
// came after it is copied by the next run. And that goes there and back.
func TestACopyIsTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		here, there, back := newPlace(t, eventnode.Config{}), newPlace(t, eventnode.Config{Listen: "127.0.0.1:0"}), newPlace(t, eventnode.Config{})
		ada := newAuthor(here.client)
		for range 3 {
			ada.write(t)
			for _, leg := range []eventstore.Copy{{From: here.conn, To: there.conn}, {From: there.conn, To: back.conn}} {
				if _, err := leg.Run(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			same(t, here.client, there.client)
			same(t, here.client, back.client)
			before := end(t, there.client)
			again, err := eventstore.Copy{From: here.conn, To: there.conn}.Run(t.Context())
			if err != nil || again.Events+again.Descriptions > 0 || end(t, there.client) != before {
				t.Fatalf("another run copied %+v, %v, and left the target at %d behind %d", again, err, end(t, there.client), before)
			}
		}
	})
}

// A copy that is cut off wherever, by its context or because the ways to both stores
// break, goes on with the next run.
func TestACopyGoesOnWhereItWasCutOff(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		here, there := newPlace(t, eventnode.Config{}), newPlace(t, eventnode.Config{})
		newAuthor(here.client).write(t)
		var ways [2]*outage.Proxy
		for i, p := range []place{here, there} {
			way, err := outage.Start(p.Target())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { way.Close() })
			ways[i] = way
		}
		from, to := reach(t, ways[0].Target()), reach(t, ways[1].Target())
		for range rapid.IntRange(0, 4).Draw(t, "runs") {
			ctx, cancel := context.WithCancel(t.Context())
			steps, cut := rapid.IntRange(0, 10).Draw(t, "steps"), rapid.SampledFrom([]func(){
				cancel, ways[0].Cut, ways[1].Cut, ways[1].Reset, func() { ways[1].Cut(); cancel() },
			}).Draw(t, "cut")
			_, err := eventstore.Copy{From: from, To: to, AtOnce: 2, Progress: func(_, _ domain.Position) {
				if steps--; steps == 0 {
					cut()
				}
			}}.Run(ctx)
			if err != nil && ctx.Err() == nil {
				t.Fatal(err)
			}
			cancel()
		}
		if _, err := (eventstore.Copy{From: from, To: to}).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		same(t, here.client, there.client)
	})
}

// Metadata are left as they are but for the time that is told in them.
func TestATimeIsWrittenIntoMetadataAndNothingElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		here, there := newPlace(t, eventnode.Config{}), newPlace(t, eventnode.Config{})
		given := []byte(someMetadata.Draw(t, "metadata"))
		_, err := here.client.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, esdb.EventData{EventType: "said", Metadata: given})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := (eventstore.Copy{From: here.conn, To: there.conn}).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		first, second := slices.Collect(readAll(t, here.client))[0], slices.Collect(readAll(t, there.client))[0]
		told := fmt.Sprintf(`"$created":"%s"`, first.CreatedDate.Format(time.RFC3339Nano))
		rest := bytes.Replace(second.UserMetadata, []byte(told), nil, 1)
		if !bytes.Equal(rest, given) && !bytes.Equal(rest, bytes.Replace(given, []byte("{"), []byte("{,"), 1)) && string(rest) != "{}"+string(given) {
			t.Fatalf("%q became %q", given, second.UserMetadata)
		}
	})
}
