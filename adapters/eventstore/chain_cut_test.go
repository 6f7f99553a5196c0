package eventstore_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"skein/adapters/eventstore"
	"skein/domain"
)

var deeds = strings.Fields("tell tell tell tell tell tell tell look look forget chain chain describe describe delete end scavenge")

// Streams that were truncated, deleted, written again or ended are no fault, before and
// after a scavenge, whatever was recorded of them before there were chains. (One that
// shows again what it had hidden when it was written may be told.)
func TestWhatWasDeletedIsNoFault(t *testing.T) {
	t.Parallel()
	var s site
	runs, lab := 0, t
	rapid.Check(t, func(t *rapid.T) {
		if runs++; runs%200 == 1 { // a scavenge looks at all streams
			s = newSite(lab)
		}
		bare, other := eventstore.NewJournal(s.conn, codec), eventstore.NewJournal(s.conn, codec).Chained(hash)
		run := eventstore.NewJournal(s.conn, codec).Chained(hash)
		category := "run" + strings.ReplaceAll(uuid.NewString(), "-", "")
		streams := []domain.Stream{domain.Stream(category + "-ada"), domain.Stream(category + "-eve")}
		length, ended := map[domain.Stream]uint64{}, map[domain.Stream]bool{}
		hides, few := map[domain.Stream]uint64{}, map[domain.Stream]string{}
		chained := false
		for range rapid.IntRange(1, 15).Draw(t, "deeds") {
			on := rapid.SampledFrom(streams).Draw(t, "on")
			if ended[on] {
				continue
			}
			options := esdb.AppendToStreamOptions{}
			var err error
			switch rapid.SampledFrom(deeds).Draw(t, "deed") {
			case "tell":
				j := bare
				if chained {
					j = []*eventstore.Journal{run, other}[rapid.IntRange(0, 1).Draw(t, "by")]
				}
				events := rapid.Uint64Range(1, 3).Draw(t, "events")
				_, err = j.Append(t.Context(), on, length[on], by, signed("x", events)...)
				length[on] += events
			case "look":
				for range other.Read(t.Context(), on, rapid.Uint64Range(0, 5).Draw(t, "from")) {
				}
			case "forget":
				run = eventstore.NewJournal(s.conn, codec).Chained(hash)
			case "chain":
				chained = true
			case "describe":
				hides[on] = max(hides[on], rapid.Uint64Range(0, 5).Draw(t, "before"))
				if rapid.IntRange(0, 3).Draw(t, "few") == 0 {
					few[on] = `,"$maxCount":1`
				}
				_, err = s.client.AppendToStream(t.Context(), "$$"+string(on), options, esdb.EventData{
					EventType: "$metadata", ContentType: esdb.ContentTypeJson, Data: fmt.Appendf(nil, `{"$tb":%d%s}`, hides[on], few[on]),
				})
			case "delete":
				hides[on], few[on] = max(hides[on], length[on]), ""
				_, err = s.client.DeleteStream(t.Context(), string(on), esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}})
				if code(err) == esdb.ErrorCodeUnknown { // it was not there
					err = nil
				}
			case "end":
				ended[on] = true
				err = run.Tombstone(t.Context(), on)
			case "scavenge":
				_, err = s.Scavenge(t.Context())
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		end, err := run.End(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var broken []eventstore.Broken
		done, err := run.CheckChains(t.Context(), eventstore.NotKnown, end, func(b eventstore.Broken) { broken = append(broken, b) }, category+"-")
		if err != nil || len(broken) > 0 || done.Broken > 0 {
			t.Fatalf("%+v, %v, %v", done, broken, err)
		}
	})
}

// That a stream is truncated is no excuse for a change of what is left, shown or not.
func TestATruncatedStreamIsCheckedFromItsFirstEventOn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	j := eventstore.NewJournal(s.conn, codec).Chained(hash)
	tells(t, j, "contact-lab.ada", 0, 4)
	s.describes(t, "contact-lab.ada", `{"$tb":2}`)
	hidden := altered(t, s, func(a *line) {
		if a.Revision == 1 {
			a.Data = `{"says":{"first_name":"Eve"}}`
		}
	})
	if broken, _ := check(t, hidden); broken != "1@contact-lab.ada is not what was recorded, or what came before it is not\n" {
		t.Error(broken)
	}
	if _, err := s.Scavenge(t.Context()); err != nil {
		t.Fatal(err)
	}
	tells(t, j, "contact-lab.ada", 4, 1)
	sound(t, s, eventstore.Checked{Events: 3, Streams: 1, Linked: 3, Cut: 1})
	changed := altered(t, s, func(a *line) {
		if a.Revision == 3 {
			a.Data = `{"says":{"first_name":"Eve"}}`
		}
	})
	if broken, _ := check(t, changed); broken != "3@contact-lab.ada is not what was recorded, or what came before it is not\n" {
		t.Error(broken)
	}
}

// A copy carries the chain along, and it is gone on with there; a stream that it numbered
// anew is told once.
func TestACopyKeepsTheChain(t *testing.T) {
	t.Parallel()
	here, there, further := newSite(t), newSite(t), newSite(t)
	bare, j := eventstore.NewJournal(here.conn, codec), eventstore.NewJournal(here.conn, codec).Chained(hash)
	tells(t, bare, "contact-lab.ada", 0, 2)
	tells(t, j, "contact-lab.ada", 2, 3)
	tells(t, j, "contact-lab.eve", 0, 3)
	was := domain.Metadata{By: by, Created: domain.Created{Time: monday}}
	if _, err := j.Restore(t.Context(), "contact-lab.eve", 3, was, named("Eve")); err != nil {
		t.Fatal(err)
	}
	copied(t, eventstore.Copy{From: here.conn, To: there.conn})
	tells(t, eventstore.NewJournal(there.conn, codec).Chained(hash), "contact-lab.ada", 5, 1)
	tells(t, eventstore.NewJournal(there.conn, codec).Chained(hash), "contact-lab.eve", 4, 1)
	sound(t, there, eventstore.Checked{Events: 11, Streams: 2, Linked: 9})
	copied(t, eventstore.Copy{From: there.conn, To: further.conn})
	sound(t, further, eventstore.Checked{Events: 11, Streams: 2, Linked: 9})

	there.describes(t, "contact-lab.eve", `{"$tb":2}`)
	if _, err := there.Scavenge(t.Context()); err != nil {
		t.Fatal(err)
	}
	anew := newSite(t)
	copied(t, eventstore.Copy{From: there.conn, To: anew.conn, Renumber: true})
	if broken, done := check(t, anew); broken != "0@contact-lab.eve is not what was recorded, or what came before it is not\n" {
		t.Errorf("%+v %s", done, broken)
	}
}

// What is missing is found, but for the end of a stream.
func TestWhatIsMissingIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	j := eventstore.NewJournal(s.conn, codec).Chained(hash)
	tells(t, j, "contact-lab.ada", 0, 3)
	tells(t, j, "contact-lab.eve", 0, 2)
	s.describes(t, "contact-lab.ada", `{"colour":"red"}`) // which hides nothing
	for missing, want := range map[string]string{
		"0@contact-lab.ada": "1@contact-lab.ada does not follow what came before it: events between them are gone\n",
		"1@contact-lab.ada": "2@contact-lab.ada does not follow what came before it: events between them are gone\n",
		"2@contact-lab.ada": "",
	} {
		without := rewritten(t, s, func(all []line) []line {
			return slices.DeleteFunc(all, func(a line) bool { return a.name() == missing })
		})
		if broken, _ := check(t, without); broken != want {
			t.Errorf("without %s:\n%s", missing, broken)
		}
	}
}
