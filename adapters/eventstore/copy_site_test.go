package eventstore_test

import (
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"skein/adapters/eventnode"
	"skein/adapters/eventstore"
)

// site is a node for a test with its client.
type site struct {
	*eventnode.Node
	client *esdb.Client
	conn   *eventstore.Connection
}

func newSite(t *testing.T) site {
	t.Helper()
	node := start(t, t.TempDir())
	s := site{node, official(t, node.Target()), dial(t, node.Target())}
	t.Cleanup(func() { s.client.Close() })
	return s
}

// says appends events with the given data to wherever a stream ends.
func (s site) says(t *testing.T, stream string, texts ...string) {
	t.Helper()
	var batch []esdb.EventData
	for _, text := range texts {
		batch = append(batch, esdb.EventData{EventID: uuid.New(), EventType: "said", ContentType: esdb.ContentTypeJson, Data: []byte(text), Metadata: []byte(`{"by":"ada"}`)})
	}
	if _, err := s.client.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{}, batch...); err != nil {
		t.Fatal(err)
	}
}

// describes gives a stream a description.
func (s site) describes(t *testing.T, stream, text string) {
	t.Helper()
	s.says(t, "$$"+stream, text)
}

// texts are what an ordinary journal says, in order.
func (s site) texts(t *testing.T) (said string) {
	for _, k := range everything(t, s.client) {
		if !strings.HasPrefix(k.Stream, "$") {
			said += k.Stream + " " + k.Data + "\n"
		}
	}
	return said
}

func copied(t *testing.T, c eventstore.Copy) eventstore.Copied {
	t.Helper()
	done, err := c.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// copyOf appends an event that one place has at another, as a copy does.
func copyOf(t *testing.T, here, there site, stream string, revision uint64) {
	t.Helper()
	for e := range readAll(t, here.client) {
		if e.StreamID == stream && e.EventNumber == revision {
			_, err := there.client.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{},
				esdb.EventData{EventID: e.EventID, EventType: e.EventType, ContentType: esdb.ContentTypeJson, Data: e.Data})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}
