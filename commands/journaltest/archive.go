package journaltest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"skein/commands"
	"skein/domain"
)

// Archive is a journal that spaces can be exported from, and imported into.
type Archive interface {
	commands.Journal
	commands.Records
	commands.Annals
}

// RunArchive tests exporting and importing, beside what Run tests.
func RunArchive(t *testing.T, open func(t *testing.T) Archive) {
	t.Run("Within", func(t *testing.T) {
		j := open(t)
		add(t, j, "contact-within.ada", 0, ada, names("Ada"))
		add(t, j, "contact-elsewhere.ada", 0, ada)
		add(t, j, "conversation-within.ada", 0, ada)
		until := add(t, j, "contact-within.eve", 0, ada)
		add(t, j, "contact-within.ada", 2, names("Augusta"))
		var found []string
		last := domain.Position(0)
		for r, err := range j.Within(t.Context(), until, "contact-within.", "conversation-within.") {
			if err != nil {
				t.Fatal(err)
			}
			if r.Position <= last {
				t.Errorf("%s lies at %d, behind %d", r.Stream, r.Position, last)
			}
			last = r.Position
			found = append(found, string(r.Stream)+" "+r.Kind())
		}
		want := []string{"contact-within.ada " + ada.Kind(), "contact-within.ada " + names("").Kind(), "conversation-within.ada " + ada.Kind(), "contact-within.eve " + ada.Kind()}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Error(diff)
		}
		for range j.Within(t.Context(), until, "contact-within.") {
			break // who has enough stops
		}
		over, cancel := context.WithCancel(t.Context())
		cancel()
		for _, err := range j.Within(over, until, "contact-within.") {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		}
	})
	t.Run("Restore", func(t *testing.T) {
		j := open(t)
		monday := time.Date(2020, 1, 6, 9, 0, 0, 123_000, time.UTC)
		was := domain.Metadata{By: by, Created: domain.Created{Time: monday}}
		if _, err := j.Restore(t.Context(), "contact-restored.ada", 0, was, ada); err != nil {
			t.Fatal(err)
		}
		if _, err := j.Restore(t.Context(), "contact-restored.ada", 0, was, ada); !errors.Is(err, commands.ErrMovedOn) {
			t.Errorf("restored again at the same place: %v", err)
		}
		for r, err := range j.Read(t.Context(), "contact-restored.ada", 0) {
			if err != nil || !r.At.Equal(monday) || r.By != by || r.Revision != 0 {
				t.Errorf("it reads %+v, %v", r, err)
			}
		}
	})
}
