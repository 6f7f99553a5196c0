package eventstore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"skein/adapters/eventnode"
	"skein/adapters/eventstore"
	"skein/adapters/eventstore/outage"
	"skein/domain"
)

// official is the client of a node.
func official(t rapid.TB, target string) *esdb.Client {
	cfg, err := esdb.ParseConnectionString("esdb://localhost:2113?tls=false")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Address, cfg.Logger = target, func(esdb.LogLevel, string, ...any) {}
	c, err := esdb.NewClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// place is a node of its own with its client, for as long as a check lasts.
type place struct {
	*eventnode.Node
	client *esdb.Client
	conn   *eventstore.Connection
	dir    string
}

func newPlace(t *rapid.T, cfg eventnode.Config) place {
	dir, err := os.MkdirTemp("", "copy")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	cfg.Dir, cfg.Log = dir, quiet
	node, err := eventnode.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { node.Close() })
	p := place{Node: node, client: official(t, node.Target()), conn: reach(t, node.Target()), dir: dir}
	t.Cleanup(func() { p.client.Close() })
	return p
}

// reach is a connection for as long as a check lasts.
func reach(t *rapid.T, target string) *eventstore.Connection {
	conn, err := eventstore.Dial(target, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// kept is an event as it has to arrive. Those the store writes by itself have an id and
// a time of its own.
type kept struct {
	Stream   string
	Revision uint64
	ID       uuid.UUID
	Type     string
	JSON     bool
	Data     string
	Metadata string
	At       time.Time
}

// everything is all that a store keeps for others, in order. Descriptions that say what
// the one before says are left out.
func everything(t rapid.TB, c *esdb.Client) (all []kept) {
	described := map[string]string{}
	for e := range readAll(t, c) {
		k := kept{e.StreamID, e.EventNumber, e.EventID, e.EventType, e.ContentType == "application/json", string(e.Data), "", time.Time{}}
		k.Metadata, k.At = undated(e)
		of, describes := strings.CutPrefix(e.StreamID, "$$")
		switch {
		case strings.HasPrefix(of, "$"):
			continue
		case describes:
			k.Data = tidy(k.Data)
			if described[of] == k.Data {
				continue
			}
			described[of] = k.Data
			k = kept{Stream: k.Stream, Data: k.Data}
		case e.EventNumber == math.MaxInt64:
			k = kept{Stream: k.Stream, Type: k.Type}
		}
		all = append(all, k)
	}
	return all
}

func readAll(t rapid.TB, c *esdb.Client) func(func(*esdb.RecordedEvent) bool) {
	return func(yield func(*esdb.RecordedEvent) bool) {
		events, err := c.ReadAll(context.Background(), esdb.ReadAllOptions{}, math.MaxInt64)
		if err != nil {
			t.Fatal(err)
		}
		defer events.Close()
		for {
			e, err := events.Recv()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !yield(e.OriginalEvent()) {
				return
			}
		}
	}
}

// undated is the metadata of an event without the time it was recorded first, and that
// time.
func undated(e *esdb.RecordedEvent) (string, time.Time) {
	var said map[string]json.RawMessage
	if len(e.UserMetadata) == 0 {
		return "{}", e.CreatedDate
	}
	if json.Unmarshal(e.UserMetadata, &said) != nil {
		return string(e.UserMetadata), time.Time{} // nobody can say
	}
	var at time.Time
	if told, is := said["$created"]; !is {
		at = e.CreatedDate
	} else if json.Unmarshal(told, &at) != nil {
		return string(e.UserMetadata), at
	}
	delete(said, "$created")
	rest, _ := json.Marshal(said)
	return string(rest), at
}

func tidy(text string) string {
	var said map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &said) != nil {
		return text
	}
	same, _ := json.Marshal(said)
	return string(same)
}

// shown is what a reader of each stream sees.
func shown(t rapid.TB, c *esdb.Client) map[string]string {
	seen := map[string]string{}
	for _, stream := range ordinary {
		seen[stream] = sight(t, c, stream)
	}
	return seen
}

func sight(t rapid.TB, c *esdb.Client, stream string) string {
	events, err := c.ReadStream(context.Background(), stream, esdb.ReadStreamOptions{}, math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	defer events.Close()
	var seen []string
	for {
		e, err := events.Recv()
		var failed *esdb.Error
		switch {
		case errors.Is(err, io.EOF):
			return fmt.Sprint(seen)
		case errors.As(err, &failed):
			return fmt.Sprint(failed.Code())
		case err != nil:
			t.Fatal(err)
		}
		seen = append(seen, fmt.Sprint(e.OriginalEvent().EventNumber, e.OriginalEvent().EventID))
	}
}

// author writes a journal as it comes.
type author struct {
	client *esdb.Client
	length map[string]uint64
	ids    map[string][]uuid.UUID
	ended  map[string]bool
}

var (
	ordinary = []string{"ada", "alan", "grace"}

	someData     = rapid.SampledFrom([]string{`{"n":1}`, `red`, "\xff\x00", ``})
	someMetadata = rapid.SampledFrom([]string{
		`{"by":"ada"}`, ` {"by": "ada", "x" :1.0}`, `{}`, ` { } `, ``, `[1]`, "\xff", `{"$created":"2026-01-31T15:04:05.1234567Z"}`, `{"$created":7,"by":"x"}`, `{"a":"$created"}`,
	})
	someDescription = rapid.SampledFrom([]string{
		`{}`, `{"$maxCount":2}`, `{"$tb":2}`, `{"$tb":1,"$maxCount":1,"colour":"red"}`, `{"$maxCount":-1,"$tb":1}`,
		`{"$tb":9223372036854775807,"$maxCount":3}`, `{"$tb":9223372036854775807}`, `red`, ``,
	})
)

func newAuthor(c *esdb.Client) *author {
	return &author{c, map[string]uint64{}, map[string][]uuid.UUID{}, map[string]bool{}}
}

// write does some of all that can be done to a journal.
func (a *author) write(t *rapid.T) {
	for range rapid.IntRange(0, 12).Draw(t, "deeds") {
		stream := rapid.SampledFrom(ordinary).Draw(t, "stream")
		if a.ended[stream] {
			continue
		}
		var err error
		switch deed := rapid.IntRange(0, 11).Draw(t, "deed"); deed {
		case 0, 1:
			_, err = a.client.AppendToStream(t.Context(), "$$"+stream, esdb.AppendToStreamOptions{}, esdb.EventData{
				EventID: uuid.New(), EventType: "$metadata", ContentType: esdb.ContentTypeJson, Data: []byte(someDescription.Draw(t, "description")),
			})
		case 2:
			_, err = a.client.DeleteStream(t.Context(), stream, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}})
			if code(err) == esdb.ErrorCodeUnknown { // it was not there
				err = nil
			}
		case 3:
			if rapid.Bool().Draw(t, "mercy") {
				continue
			}
			a.ended[stream] = true
			_, err = a.client.TombstoneStream(t.Context(), stream, esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}})
		case 4:
			_, err = a.client.AppendToStream(t.Context(), rapid.SampledFrom([]string{"$stats-0", "$$$grace"}).Draw(t, "system"),
				esdb.AppendToStreamOptions{}, esdb.EventData{EventID: uuid.New(), EventType: "$stats"})
		default:
			err = a.append(t, stream)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (a *author) append(t *rapid.T, stream string) error {
	var batch []esdb.EventData
	for range rapid.IntRange(1, 4).Draw(t, "events") {
		e := esdb.EventData{
			EventID: uuid.New(), EventType: rapid.SampledFrom([]string{"said", "sung"}).Draw(t, "type"),
			Data: []byte(someData.Draw(t, "data")), Metadata: []byte(someMetadata.Draw(t, "metadata")),
		}
		if json.Valid(e.Data) {
			e.ContentType = esdb.ContentTypeJson
		}
		if rapid.IntRange(0, 5).Draw(t, "link") == 0 {
			e.EventType, e.Data = "$>", []byte("0@"+rapid.SampledFrom(ordinary).Draw(t, "to"))
		}
		if known := a.ids[stream]; len(known) > 0 && rapid.IntRange(0, 5).Draw(t, "repeated") == 0 {
			e.EventID = rapid.SampledFrom(known).Draw(t, "id")
		}
		batch = append(batch, e)
	}
	var expected esdb.ExpectedRevision = esdb.NoStream{}
	if n := a.length[stream]; n > 0 {
		expected = esdb.Revision(n - 1)
	}
	_, err := a.client.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, batch...)
	a.length[stream] += uint64(len(batch))
	for _, e := range batch {
		a.ids[stream] = append(a.ids[stream], e.EventID)
	}
	return err
}

func code(err error) esdb.ErrorCode {
	if e := (*esdb.Error)(nil); errors.As(err, &e) {
		return e.Code()
	}
	return -1
}

func same(t *rapid.T, from, to *esdb.Client) {
	if diff := cmp.Diff(everything(t, from), everything(t, to)); diff != "" {
		t.Fatalf("the journals differ: %s", diff)
	}
	if diff := cmp.Diff(shown(t, from), shown(t, to)); diff != "" {
		t.Fatalf("the streams differ: %s", diff)
	}
}

func end(t rapid.TB, c *esdb.Client) (last uint64) {
	for e := range readAll(t, c) {
		last = e.Position.Commit
	}
	return last
}

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
