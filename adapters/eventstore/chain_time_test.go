package eventstore_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"skein/adapters/eventstore"
	"skein/domain"
)

// later is a time that is so much later.
func later(t *testing.T, created string, by time.Duration) string {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, created)
	if err != nil {
		t.Fatal(err)
	}
	return at.Add(by).Format(time.RFC3339Nano)
}

// An event that is told with another time than it was recorded with is found, whoever
// gives it: the store, or a member of metadata as copies have it. So is one that was
// restored with the time it had elsewhere; a copy of either is no fault.
func TestAnotherTimeIsFound(t *testing.T) {
	t.Parallel()
	s, there := newSite(t), newSite(t)
	bare, j := eventstore.NewJournal(s.conn, codec), eventstore.NewJournal(s.conn, codec).Chained(hash)
	tells(t, bare, "contact-lab.old", 0, 1)
	tells(t, j, "contact-lab.ada", 0, 2)
	for n, created := range []time.Time{monday, {}} {
		was := domain.Metadata{By: by, Created: domain.Created{Time: created}}
		if _, err := j.Restore(t.Context(), "contact-lab.eve", uint64(n), was, named("Eve")); err != nil {
			t.Fatal(err)
		}
	}
	copied(t, eventstore.Copy{From: s.conn, To: there.conn})
	const ada, eve, old = "1@contact-lab.ada", "0@contact-lab.eve", "0@contact-lab.old"
	const given, changed = " was given another time\n", " is not what was recorded, or what came before it is not\n"
	created := func(by time.Duration) func(*testing.T, *line) {
		return func(t *testing.T, a *line) { a.Created = later(t, a.Created, by) }
	}
	dated := func(says string) func(*testing.T, *line) {
		return func(_ *testing.T, a *line) { a.Metadata = `{"$created":"` + says + `",` + a.Metadata[1:] }
	}
	nothing := func(*testing.T, *line) {}
	for name, c := range map[string]struct {
		in     site
		of     string
		change func(*testing.T, *line)
		want   string
	}{
		"Nothing":         {s, ada, nothing, ""},
		"NothingOfACopy":  {there, ada, nothing, ""},
		"Clocks":          {s, ada, created(30 * time.Second), ""},
		"ClocksBehind":    {s, ada, created(-30 * time.Second), ""},
		"Later":           {s, ada, created(2 * time.Minute), ada + given},
		"Sooner":          {s, ada, created(-2 * time.Minute), ada + given},
		"Dated":           {s, ada, dated("2020-01-06T09:00:00Z"), ada + given},
		"DatedToNoTime":   {s, ada, dated("monday"), ada + changed},
		"OfACopy":         {there, ada, created(2 * time.Minute), ""},  // which tells the time of the first recording
		"RestoredWhen":    {s, eve, created(time.Hour), ""},            // which is not told
		"RestoredDated":   {s, eve, dated("2021-01-06T09:00:00Z"), ""}, // which is not told either: the last one counts
		"Restored":        {s, eve, func(_ *testing.T, a *line) { a.Metadata = strings.Replace(a.Metadata, "2020", "2021", 1) }, eve + changed},
		"RestoredWithout": {s, "1@contact-lab.eve", created(time.Hour), "1@contact-lab.eve" + given},
		"CopiedAndDatedAnew": {there, ada, func(_ *testing.T, a *line) {
			a.Metadata = strings.Replace(a.Metadata, fmt.Sprint(time.Now().Year()), "2020", 1)
		}, ada + given},
		"BeforeChains": {s, old, created(time.Hour), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			met := false
			broken, _ := check(t, altered(t, c.in, func(a *line) {
				if a.name() == c.of {
					met = true
					c.change(t, a)
				}
			}))
			if broken != c.want || !met {
				t.Errorf("%v: %sinstead of\n%s", met, broken, c.want)
			}
		})
	}
}
