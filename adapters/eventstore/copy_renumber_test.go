package eventstore_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/adapters/eventstore"
)

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
