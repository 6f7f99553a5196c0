package journaltest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"skein/commands"
	"skein/domain"
)

// Ground is a journal whose streams can be destroyed, and all the ways to read it.
type Ground interface {
	commands.Journal
	commands.Ground
	commands.Records
	commands.News
}

// RunGround tests the destruction of streams, beside what Run tests. All
// that open returns are ways to the same journal. Scavenge takes what
// is not told any more out of the journal; nil: there is nothing to be taken out.
func RunGround(t *testing.T, open func(t *testing.T) Ground, scavenge func(t *testing.T)) {
	if scavenge == nil {
		scavenge = func(*testing.T) {}
	}
	runRedact(t, open, scavenge)
	t.Run("Tombstoned", func(t *testing.T) {
		j := open(t)
		add(t, j, "contact-grave.ada", 0, ada, names("Ada"))
		for _, s := range []domain.Stream{"contact-grave.ada", "contact-grave.ada", "contact-grave.never"} {
			if err := j.Tombstone(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			for _, length := range []uint64{0, 2} {
				if _, err := j.Append(t.Context(), s, length, by, ada); !errors.Is(err, commands.ErrTombstoned) {
					t.Errorf("append to %s at length %d: got %v, want ErrTombstoned", s, length, err)
				}
			}
			for r, err := range j.Read(t.Context(), s, 0) {
				if !errors.Is(err, commands.ErrTombstoned) {
					t.Errorf("%s reads %v, %v", s, r, err)
				}
			}
		}
	})
	t.Run("Begun", func(t *testing.T) {
		j := open(t)
		add(t, j, "contact-begun.ada", 0, ada, names("Ada"))
		middle := add(t, j, "conversation-begun.ada", 0, ada)
		add(t, j, "contact-begun.ada", 2, names("Augusta"))
		add(t, j, "contact-begunlater.eve", 0, ada)
		add(t, j, "contact-begun.eve", 0, ada)
		if err := j.Tombstone(t.Context(), "contact-begun.ada"); err != nil {
			t.Fatal(err)
		}
		begun := func(after domain.Position, prefixes ...string) (found []domain.Stream) {
			for r, err := range j.Begun(t.Context(), after, prefixes...) {
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(domain.Event(ada), r.Event); diff != "" || r.Revision != 0 {
					t.Errorf("%s begins with revision %d: %s", r.Stream, r.Revision, diff)
				}
				found = append(found, r.Stream)
			}
			return found
		}
		all := begun(0, "contact-begun.", "conversation-begun.")
		all = slices.DeleteFunc(all, func(s domain.Stream) bool { return s == "contact-begun.ada" }) // it may be gone for good
		if diff := cmp.Diff([]domain.Stream{"conversation-begun.ada", "contact-begun.eve"}, all); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]domain.Stream{"contact-begun.eve"}, begun(middle, "contact-begun.", "conversation-begun.")); diff != "" {
			t.Error(diff)
		}
		if found := begun(0, "contact-nowhere."); len(found) > 0 {
			t.Errorf("found %v", found)
		}
		for range j.Begun(t.Context(), 0, "contact-begun.") {
			break // who has enough stops
		}
		over, cancel := context.WithCancel(t.Context())
		cancel()
		for _, err := range j.Begun(over, 0, "contact-begun.") {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		}
	})
}
