package eventstore_test

import (
	"fmt"
	"strings"
	"testing"

	"skein/adapters/eventstore"
)

// Redactions are no fault of the chains, hidden or scavenged, and what is told instead is
// guarded as everything else, and so is the index.
func TestWhatIsToldOfRedactedStreamsIsGuarded(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	j := open(t, s.Target())
	tells(t, j, "contact-lab.ada", 0, 3)
	tells(t, j, "contact-lab.eve", 0, 3)
	tells(t, j, "contact-lab.kit", 0, 1)
	redact(t, j, "contact-lab.ada", 3, true, "redacted")
	redact(t, j, "contact-lab.eve", 2, false, "redacted")
	for _, events := range []int{15, 11} {
		broken, done := check(t, s)
		if broken != "" || done.Events != events || done.Linked != events {
			t.Errorf("%+v %s", done, broken)
		}
		tells(t, j, "contact-lab.eve", uint64(len(history(t, j, "contact-lab.eve"))), 1)
		if events == 15 {
			scavenge(t, s.Node)
			continue
		}
		const is = " is not what was recorded, or what came before it is not\n"
		for name, change := range map[string]struct {
			of     string
			change func(*line)
		}{
			"Data":     {"1@kept-lab.contact.ada.0", func(a *line) { a.Data = flipped(a.Data, 24) }},
			"Position": {"0@kept-lab.contact.eve.0", func(a *line) { a.Metadata = strings.Replace(a.Metadata, `"position":`, `"position":1`, 1) }},
			"Time": {"0@kept-lab.contact.eve.0", func(a *line) {
				a.Metadata = strings.Replace(a.Metadata, `"$created":"20`, `"$created":"19`, 1)
			}},
			"Index":     {"0@kept", func(a *line) { a.Data = strings.Replace(a.Data, `"through":2`, `"through":1`, 1) }},
			"IndexSeal": {"1@kept", func(a *line) { a.Type = "kept.redacted" }},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				met := false
				got, done := check(t, altered(t, s, func(a *line) {
					if a.name() == change.of {
						was := *a
						change.change(a)
						met = was != *a
					}
				}))
				if !strings.HasPrefix(got, change.of+" ") || !met || done.Broken != 1 || name != "Time" && got != change.of+is {
					t.Errorf("%+v\n%s", done, got)
				}
			})
		}
		t.Run("WithoutHashes", func(t *testing.T) {
			t.Parallel()
			got, done := check(t, altered(t, s, func(a *line) {
				if strings.HasPrefix(a.Stream, "kept") {
					a.Metadata = a.Metadata[:strings.Index(a.Metadata, `,"at":`)] + "}"
				}
			}))
			if done.Broken != 8 {
				t.Errorf("%+v\n%s", done, got)
			}
		})
	}
}

// A journal that got its key later has nothing to tell of what was redacted before.
func TestRedactedBeforeThereWereChains(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	bare := eventstore.NewJournal(s.conn, codec)
	tells(t, bare, "contact-lab.ada", 0, 3)
	tells(t, bare, "contact-lab.eve", 0, 3)
	redact(t, bare, "contact-lab.ada", 3, true, "redacted")
	redact(t, bare, "contact-lab.eve", 1, false, "redacted")
	j := open(t, s.Target())
	redact(t, j, "contact-lab.eve", 2, false, "redacted")
	for range 2 {
		if broken, done := check(t, s); broken != "" {
			t.Errorf("%+v %s", done, broken)
		}
		if got := fmt.Sprint(names(t, j, "contact-lab.eve")[:2]); got != "[redacted redacted]" {
			t.Error(got)
		}
		scavenge(t, s.Node)
	}
}
