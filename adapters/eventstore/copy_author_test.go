package eventstore_test

import (
	"encoding/json"
	"errors"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"pgregory.net/rapid"
)

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
