package eventstore_test

import (
	"crypto/rand"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"skein/adapters/eventnode"
	"skein/adapters/eventstore"
	"skein/domain"
)

// history is what a journal has of a stream.
func history(t testing.TB, j *eventstore.Journal, s domain.Stream) (all []domain.Recorded) {
	t.Helper()
	for r, err := range j.Read(t.Context(), s, 0) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// redact has the first events of a stream tell a name.
func redact(t testing.TB, j *eventstore.Journal, s domain.Stream, events int, closed bool, name string) {
	t.Helper()
	told := history(t, j, s)[:events]
	for i := range told {
		told[i].Event = named(name)
	}
	if err := j.Redact(t.Context(), s, told, closed); err != nil {
		t.Fatal(err)
	}
}

func scavenge(t testing.TB, n *eventnode.Node) {
	t.Helper()
	if _, err := n.Scavenge(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// What a redacted stream held is in no file after a scavenge, and neither is what was told
// instead before it was redacted anew, or destroyed.
func TestNothingIsLeftOfWhatWasRedacted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	node := start(t, dir)
	j := open(t, node.Target())
	text := map[string]string{}
	streams := map[string]domain.Stream{"closed": "contact-lab.ada", "open": "conversation-lab.eve"}
	for how, s := range streams {
		text[how], text[how+" half"], text[how+" bare"] = rand.Text(), rand.Text(), rand.Text()
		for n := range uint64(3) {
			if _, err := j.Append(t.Context(), s, n, by, named(text[how])); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := j.Append(t.Context(), s, 3, by, named("stays")); err != nil {
			t.Fatal(err)
		}
	}
	holds := func(what string, is bool) {
		t.Helper()
		if found := holding(t, dir, text[what]); is != (len(found) > 0) {
			t.Errorf("what was %s is in %v", what, found)
		}
	}
	scavenge(t, node) // has them in tables, too
	for how, s := range streams {
		holds(how, true)
		redact(t, j, s, map[bool]int{true: 4, false: 3}[how == "closed"], how == "closed", text[how+" half"])
		holds(how, true)
	}
	scavenge(t, node)
	for how, s := range streams {
		holds(how, false)
		holds(how+" half", true)
		redact(t, j, s, map[bool]int{true: 4, false: 3}[how == "closed"], how == "closed", text[how+" bare"])
	}
	end, err := j.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for how, s := range streams { // which is so already
		redact(t, open(t, node.Target()), s, map[bool]int{true: 4, false: 3}[how == "closed"], how == "closed", text[how+" bare"])
	}
	if now, err := j.End(t.Context()); now != end || err != nil {
		t.Errorf("what is redacted so is redacted again: %d events more, %v", now-end, err)
	}
	scavenge(t, node)
	for how, s := range streams {
		holds(how+" half", false)
		holds(how+" bare", true)
		if got := names(t, j, s)[0]; got != text[how+" bare"] {
			t.Errorf("it tells %s", got)
		}
		if err := j.Tombstone(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	scavenge(t, node)
	for how := range streams {
		holds(how+" bare", false)
	}
}

// Several may redact the same streams at the same time.
func TestRedactedByMany(t *testing.T) {
	t.Parallel()
	node := start(t, t.TempDir())
	j := open(t, node.Target())
	const streams, events = 10, 20
	var wait sync.WaitGroup
	for n := range streams {
		s := domain.StreamOf("contact", "lab", fmt.Sprint(n))
		batch := make([]domain.Event, events)
		for i := range batch {
			batch[i] = named(fmt.Sprint(i))
		}
		if _, err := j.Append(t.Context(), s, 0, by, batch...); err != nil {
			t.Fatal(err)
		}
		told := history(t, j, s)
		for i := range told {
			told[i].Event = named("redacted")
		}
		for k := range 4 {
			other := open(t, node.Target())
			wait.Go(func() {
				if err := other.Redact(t.Context(), s, told[:events-n%2], n%2 == 0); err != nil {
					t.Errorf("%d: %v", k, err)
				}
			})
		}
	}
	wait.Wait()
	scavenge(t, node)
	for n := range streams {
		got := names(t, open(t, node.Target()), domain.StreamOf("contact", "lab", fmt.Sprint(n)))
		want := strings.Repeat("redacted ", events-n%2) + map[int]string{1: "19 "}[n%2]
		if strings.Join(got, " ")+" " != want {
			t.Errorf("%d tells %v", n, got)
		}
	}
}

// A journal with redactions is copied folder by folder, with all that is told of it, and
// not event by event.
func TestARedactedJournalIsCopiedAsAWhole(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	j := open(t, s.Target())
	backlog(t, j, 300)
	all := func(j *eventstore.Journal) (all []domain.Recorded) {
		for r, err := range j.All(t.Context(), 0) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, r)
		}
		return all
	}
	redact(t, j, "contact-backlog.0", 100, true, "redacted")
	redact(t, j, "contact-backlog.1", 60, false, "redacted")
	told := all(j)
	for range 2 {
		there := rewritten(t, s, func(lines []line) []line { return lines })
		if diff := cmp.Diff(told, all(open(t, there.Target()))); diff != "" {
			t.Error(diff)
		}
		if len(told) != 300 {
			t.Errorf("%d events are told", len(told))
		}
		dir := filepath.Join(t.TempDir(), "backup")
		if _, err := s.Backup(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(told, all(open(t, start(t, dir).Target()))); diff != "" {
			t.Error(diff)
		}
		empty := newSite(t)
		if _, err := (eventstore.Copy{From: s.conn, To: empty.conn, Renumber: true}).Run(t.Context()); err != eventstore.ErrRedacted {
			t.Errorf("the copy ends with %v", err)
		}
		if everything(t, empty.client) != nil {
			t.Error("something was copied")
		}
		scavenge(t, s.Node)
	}
}
