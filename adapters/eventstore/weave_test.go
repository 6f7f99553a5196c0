package eventstore_test

import (
	"context"
	"fmt"
	"iter"
	"math"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/adapters/eventstore"
	"skein/domain"
	"skein/domain/contact"
)

// told is one event in words.
func told(stream string, revision, position uint64, e domain.Event) string {
	return fmt.Sprint(position, " ", revision, "@", stream, " ", e.(contact.Edited).Says["first_name"])
}

// subscribed is what a subscription brings after a position up to another, and where the
// last event of all that it brings lies.
func subscribed(t *testing.T, conn *eventstore.Connection, after, until domain.Position) (all []string, last domain.Position) {
	t.Helper()
	ctx, enough := context.WithCancel(t.Context())
	defer enough()
	last = after
	conn.Subscribe(ctx, after, func(e *esdb.SubscriptionEvent) {
		if e.EventAppeared == nil || ctx.Err() != nil {
			return
		}
		r := e.EventAppeared.OriginalEvent()
		if domain.Position(r.Position.Commit) <= last {
			t.Errorf("%d comes after %d", r.Position.Commit, last)
		}
		if last = domain.Position(r.Position.Commit); !strings.HasPrefix(r.StreamID, "$") && !strings.HasPrefix(r.EventType, "$") {
			event, err := codec.Decode(r.EventType, r.Data)
			if err != nil {
				t.Error(err)
			}
			all = append(all, told(r.StreamID, r.EventNumber, r.Position.Commit, event))
		}
		if last >= until {
			enough()
		}
	})
	return all, last
}

func listed(t *testing.T, events iter.Seq2[domain.Recorded, error]) (all []string) {
	t.Helper()
	for r, err := range events {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, told(string(r.Stream), r.Revision, uint64(r.Position), r.Event))
	}
	return all
}

// Whoever reads the whole journal, and from wherever, is told of redacted streams at their
// place, and nothing of where that is kept.
func TestRedactedStreamsAreWovenIn(t *testing.T) {
	t.Parallel()
	node := start(t, t.TempDir())
	conn := dial(t, node.Target())
	j := eventstore.NewJournal(conn, codec).Chained(hash)
	for n := range uint64(3) {
		for _, s := range []domain.Stream{"contact-lab.ada", "contact-lab.eve", "contact-den.kit"} {
			if _, err := j.Append(t.Context(), s, n, by, named("a")); err != nil {
				t.Fatal(err)
			}
		}
	}
	before := listed(t, j.All(t.Context(), 0))
	redact(t, j, "contact-lab.ada", 3, true, "redacted")
	redact(t, j, "contact-lab.eve", 1, false, "redacted")
	redact(t, j, "contact-den.kit", 1, false, "redacted")
	want := make([]string, len(before))
	for i, said := range before {
		at, rest, _ := strings.Cut(said, " ")
		if strings.HasPrefix(rest, "0@") || strings.HasSuffix(rest, "@contact-lab.ada a") {
			said = at + " " + strings.TrimSuffix(rest, "a") + "redacted"
		}
		want[i] = said
	}
	same := func(what string, want, got []string) {
		t.Helper()
		if fmt.Sprint(want) != fmt.Sprint(got) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	for range 2 {
		end, err := j.End(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range []*eventstore.Journal{j, open(t, node.Target())} {
			for after := range len(want) {
				at := domain.Position(0)
				if after > 0 {
					fmt.Sscan(want[after-1], &at)
				}
				same(fmt.Sprint("all after ", at), want[after:], listed(t, j.All(t.Context(), at)))
				got, last := subscribed(t, dial(t, node.Target()), at, end)
				same(fmt.Sprint("subscribed after ", at), want[after:], got)
				if last != end {
					t.Errorf("the subscription comes to %d, and the journal ends at %d", last, end)
				}
			}
			notEve := func(s domain.Stream) bool { return s != "contact-lab.eve" }
			var sifted []string
			for _, said := range want {
				if !strings.Contains(said, "eve") {
					sifted = append(sifted, said)
				}
			}
			same("sifted", sifted, listed(t, j.Sift(t.Context(), end, notEve)))
			same("sifted by prefix", sifted, listed(t, j.Sift(t.Context(), end, notEve, "contact-")))
		}
		scavenge(t, node)
	}
}

// All and Sift are told of everything once and in order, though streams are redacted and
// scavenged while they are under way.
func TestWovenInMeanwhile(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(*eventstore.Journal) iter.Seq2[domain.Recorded, error]{
		"All": func(j *eventstore.Journal) iter.Seq2[domain.Recorded, error] { return j.All(t.Context(), 0) },
		"Sift": func(j *eventstore.Journal) iter.Seq2[domain.Recorded, error] {
			return j.Sift(t.Context(), math.MaxInt64, func(domain.Stream) bool { return true }, "contact-")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			node := start(t, t.TempDir())
			j := open(t, node.Target())
			const events = 8000 // more than is read ahead
			batch := make([]domain.Event, 100)
			for i := range batch {
				batch[i] = named(strings.Repeat(fmt.Sprint(i), 2000))
			}
			for n := range events / len(batch) {
				if _, err := j.Append(t.Context(), domain.StreamOf("contact", "backlog", fmt.Sprint(n)), 0, by, batch...); err != nil {
					t.Fatal(err)
				}
			}
			found, at, left := 0, domain.Position(0), events/len(batch)
			next, redacted := map[domain.Stream]uint64{}, 0
			for r, err := range read(open(t, node.Target())) {
				if err != nil || r.Position <= at || r.Revision != next[r.Stream] {
					t.Fatalf("%s %d at %d after %d, %v", r.Stream, r.Revision, r.Position, at, err)
				}
				at = r.Position
				next[r.Stream]++
				if r.Event.(contact.Edited).Says["first_name"] == "redacted" {
					redacted++
				}
				if found++; found%400 == 100 && left > 0 {
					for range 5 { // from the end, which is not read yet
						left--
						s := domain.StreamOf("contact", "backlog", fmt.Sprint(left))
						redact(t, j, s, 99+left%2, left%2 == 1, "redacted") // the last one is closed
					}
					scavenge(t, node)
				}
			}
			if redacted == 0 {
				t.Error("nothing was redacted before it was read")
			}
			if found != events {
				t.Errorf("%d events of %d are told", found, events)
			}
		})
	}
}
