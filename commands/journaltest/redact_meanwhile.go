package journaltest

import (
	"fmt"
	"iter"
	"strings"
	"testing"

	"skein/domain"
)

// lengthy is more than anybody reads ahead of a stream when it is told some hundred times.
var lengthy = strings.Repeat("What is read ahead is told as it was. ", 40)

// redactMeanwhile redacts streams while they are read in every way, by those who have
// begun before: they are told of everything once and in order, as it was or as it is.
func redactMeanwhile(t *testing.T, open func(t *testing.T) Ground, scavenge func(t *testing.T)) {
	for name, reading := range map[string]func(in string, until domain.Position) iter.Seq2[domain.Recorded, error]{
		"Within": func(in string, until domain.Position) iter.Seq2[domain.Recorded, error] {
			return open(t).Within(t.Context(), until, "contact-"+in+".")
		},
		"Follow": func(in string, _ domain.Position) iter.Seq2[domain.Recorded, error] {
			return open(t).Follow(t.Context(), 0, "contact-"+in+".")
		},
		"Read": func(in string, _ domain.Position) iter.Seq2[domain.Recorded, error] {
			return open(t).Read(t.Context(), domain.StreamOf("contact", in, "0"), 0)
		},
	} {
		t.Run(name, func(t *testing.T) {
			const rounds, each = 8, 100
			contacts, j, in := uint64(5), open(t), "meanwhile"+name
			if name == "Read" {
				contacts = 1
			}
			stream := func(n uint64) domain.Stream { return domain.StreamOf("contact", in, fmt.Sprint(n)) }
			var last domain.Position
			for round := range uint64(rounds) {
				for n := range contacts {
					events := make([]domain.Event, each)
					for i := range events {
						events[i] = names(lengthy)
					}
					last = add(t, j, stream(n), round*each, events...)
				}
			}
			next, found, at, redacted := map[domain.Stream]uint64{}, uint64(0), domain.Position(0), uint64(0)
			for r, err := range reading(in, last) {
				if err != nil {
					t.Fatal(err)
				}
				if r.Stream == "" {
					if r.Position >= last {
						break
					}
					continue
				}
				if r.Revision != next[r.Stream] || r.Position <= at {
					t.Fatalf("revision %d of %s comes at %d, want %d behind %d", r.Revision, r.Stream, r.Position, next[r.Stream], at)
				}
				next[r.Stream], at = next[r.Stream]+1, r.Position
				if found++; found%300 == 50 && redacted < contacts {
					s := stream(contacts - 1 - redacted) // the last event of all is of a closed one
					history := read(t, j, s, 0)
					if redacted%2 == 1 {
						history = history[:len(history)-1]
					}
					if err := j.Redact(t.Context(), s, scrubbed(history), redacted%2 == 0); err != nil {
						t.Fatal(err)
					}
					redacted++
					scavenge(t)
				}
				if at >= last {
					break
				}
			}
			if found != contacts*rounds*each {
				t.Errorf("%d events of %d are told", found, contacts*rounds*each)
			}
		})
	}
}
