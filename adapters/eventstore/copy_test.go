package eventstore_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"skein/adapters/eventnode"
	"skein/adapters/eventstore"
	"skein/domain"
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

// The product sees every event at the time it was recorded first.
func TestTimesSurviveACopy(t *testing.T) {
	t.Parallel()
	here, there := newSite(t), newSite(t)
	backlog(t, open(t, here.Target()), 300)
	done := copied(t, eventstore.Copy{From: here.conn, To: there.conn})
	if done.Events != 300 || done.Streams != 3 || done.Undated != 0 {
		t.Errorf("%+v", done)
	}
	all := func(s site) (all []domain.Recorded) {
		for r, err := range eventstore.NewJournal(s.conn, codec).All(t.Context(), 0) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, r)
		}
		return all
	}
	if diff := cmp.Diff(all(here), all(there)); diff != "" {
		t.Error(diff)
	}
	one := func(s site) (at time.Time) {
		for r, err := range eventstore.NewJournal(s.conn, codec).Read(t.Context(), domain.StreamOf("contact", "backlog", "0"), 0) {
			if err != nil {
				t.Fatal(err)
			}
			at = r.At
		}
		return at
	}
	if !one(here).Equal(one(there)) {
		t.Errorf("%s became %s", one(here), one(there))
	}
}

// A target that holds what the source does not is refused and stays as it is.
func TestACopyToAnotherJournalIsRefused(t *testing.T) {
	t.Parallel()
	for name, meddle := range map[string]func(t *testing.T, here, there site){
		"revision 0 of stream grace": func(t *testing.T, _, there site) { there.says(t, "grace", `{"n":1}`) },
		"revision 1 of stream ada": func(t *testing.T, here, there site) {
			copied(t, eventstore.Copy{From: here.conn, To: there.conn})
			there.says(t, "ada", `{"n":2}`)
			here.says(t, "ada", `{"n":3}`)
		},
		"revision 0 of stream eve": func(t *testing.T, here, there site) {
			copied(t, eventstore.Copy{From: here.conn, To: there.conn})
			there.says(t, "eve", `{"n":2}`)
		},
		"revision 0 of stream ada": func(t *testing.T, here, there site) { // which was passed over
			here.says(t, "alan", `{"n":0}`)
			copyOf(t, here, there, "alan", 0)
			here.says(t, "ada", `{"n":1}`)
		},
		"revision 0 of stream alan": func(t *testing.T, here, there site) {
			there.says(t, "alan", `{"n":2}`)
			copyOf(t, here, there, "ada", 0)
			here.says(t, "alan", `{"n":3}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here, there := newSite(t), newSite(t)
			here.says(t, "ada", `{"n":0}`)
			meddle(t, here, there)
			before := there.texts(t)
			_, err := eventstore.Copy{From: here.conn, To: there.conn, Renumber: true}.Run(t.Context())
			if !errors.Is(err, eventstore.ErrDiverged) || !strings.Contains(err.Error(), name+":") {
				t.Error(err)
			}
			if after := there.texts(t); after != before {
				t.Errorf("%s became %s", before, after)
			}
		})
	}
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

// A stream without its beginning is not copied in silence. Numbered anew it shows what
// it shows at the source, however often and in how many runs it is copied.
func TestAStreamWithoutItsBeginningIsNumberedAnew(t *testing.T) {
	t.Parallel()
	here, there := newSite(t), newSite(t)
	scavenge := func() {
		if _, err := here.Scavenge(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	here.says(t, "alan", `{"n":0}`)
	here.says(t, "ada", `{"n":0}`, `{"n":1}`, `{"n":2}`)
	here.describes(t, "ada", `{"$tb":2}`)
	scavenge()
	_, err := eventstore.Copy{From: here.conn, To: there.conn}.Run(t.Context())
	if !errors.Is(err, eventstore.ErrBeheaded) || !strings.Contains(err.Error(), "revision 2 of stream ada, which has 0 events") {
		t.Fatal(err)
	}
	anew := eventstore.Copy{From: here.conn, To: there.conn, Renumber: true}
	see := func(want string) {
		t.Helper()
		if got := there.texts(t); got != want {
			t.Errorf("%q instead of %q", got, want)
		}
		count := strings.Count(sight(t, here.client, "ada"), "-")
		if got := strings.Count(sight(t, there.client, "ada"), "-"); got != count {
			t.Errorf("of ada shows %d instead of %d", got, count)
		}
		if again := copied(t, anew); again.Events+again.Descriptions > 0 {
			t.Errorf("another run copied %+v", again)
		}
	}
	if done := copied(t, anew); done.Renumbered != 1 || done.Events != 1 {
		t.Errorf("%+v", done)
	}
	see("alan {\"n\":0}\nada {\"n\":2}\n")
	here.describes(t, "ada", `{"$tb":1,"$maxCount":2}`)
	copied(t, anew)
	here.says(t, "ada", `{"n":3}`, `{"n":4}`)
	here.describes(t, "ada", `{"$tb":4}`)
	copied(t, anew)
	see("alan {\"n\":0}\nada {\"n\":2}\nada {\"n\":3}\nada {\"n\":4}\n")
	here.says(t, "ada", `{"n":5}`, `{"n":6}`)
	here.describes(t, "ada", `{"$tb":6}`)
	scavenge()
	copied(t, anew)
	see("alan {\"n\":0}\nada {\"n\":2}\nada {\"n\":3}\nada {\"n\":4}\nada {\"n\":6}\n")
}

// A stream that was deleted and scavenged, and written again, comes with what shows of it
// before its first event.
func TestAStreamThatCameBackIsNumberedAnew(t *testing.T) {
	t.Parallel()
	here, there := newSite(t), newSite(t)
	here.says(t, "alan", `{"n":0}`)
	here.says(t, "ada", `{"n":0}`, `{"n":1}`)
	if _, err := here.client.DeleteStream(t.Context(), "ada", esdb.DeleteStreamOptions{}); err != nil {
		t.Fatal(err)
	}
	here.says(t, "ada", `{"n":2}`)
	if _, err := here.Scavenge(t.Context()); err != nil {
		t.Fatal(err)
	}
	anew := eventstore.Copy{From: here.conn, To: there.conn, Renumber: true}
	copied(t, anew)
	see := func(shows int) {
		t.Helper()
		if got := sight(t, there.client, "ada"); strings.Count(got, "-") != 4*shows || strings.Count(sight(t, here.client, "ada"), "-") != 4*shows {
			t.Errorf("%s instead of %d", got, shows)
		}
	}
	see(1)
	here.says(t, "ada", `{"n":3}`)
	copied(t, anew)
	see(2)
	here.describes(t, "ada", `{"$tb":3}`) // known by the target alone to be another revision there
	copied(t, anew)
	see(1)
}

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

// Only the time of copying is told of an event that would become too large with its own.
func TestALargestEventIsCopied(t *testing.T) {
	t.Parallel()
	here, there := newSite(t), newSite(t)
	meta := `{"by":"ada"}`
	here.says(t, "ada", strings.Repeat("x", 1<<20-len(meta)-2*len("said")))
	if done := copied(t, eventstore.Copy{From: here.conn, To: there.conn}); done.Events != 1 || done.Undated != 1 {
		t.Errorf("%+v", done)
	}
}

// A copy that follows goes on until it is told to end.
func TestACopyFollows(t *testing.T) {
	t.Parallel()
	here, there := newSite(t), newSite(t)
	here.says(t, "ada", `{"n":0}`)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	moved, ended := make(chan struct{}, 1), make(chan error, 1)
	go func() {
		_, err := eventstore.Copy{From: here.conn, To: there.conn, Follow: true, Progress: func(_, _ domain.Position) {
			select {
			case moved <- struct{}{}:
			default:
			}
		}}.Run(ctx)
		ended <- err
	}()
	for _, n := range []string{`{"n":1}`, `{"n":2}`} {
		here.says(t, "ada", n)
		for there.texts(t) != here.texts(t) {
			select {
			case <-moved:
			case err := <-ended:
				t.Fatal(err)
			}
		}
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
