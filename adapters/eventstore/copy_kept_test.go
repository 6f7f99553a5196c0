package eventstore_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"
)

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
