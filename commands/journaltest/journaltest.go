// Package journaltest is the test that every commands.Journal has to pass.
package journaltest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
)

var (
	ada   = contact.Created{Origin: contact.ByHand, Says: map[contact.Slot]string{"first_name": "Ada", "#vip": "on"}}
	by    = domain.By{Actor: "test", Request: "r-1", Correlation: "c-1", Causation: "c-0"}
	names = func(name string) contact.Edited {
		return contact.Edited{Says: map[contact.Slot]string{"first_name": name}}
	}
)

// Run tests a journal. The journal must know the facts of package contact. What
// open returns may hold other streams already.
func Run(t *testing.T, open func(t *testing.T) commands.Journal) {
	t.Run("Unwritten", func(t *testing.T) {
		if got := read(t, open(t), "contact-nobody", 0); len(got) != 0 {
			t.Errorf("read %v", got)
		}
	})
	t.Run("InOrder", func(t *testing.T) {
		j := open(t)
		add(t, j, "contact-lab.ada", 0, ada, names("Ada"))
		at := add(t, j, "contact-lab.ada", 2, names("Lovelace"))

		got := read(t, j, "contact-lab.ada", 0)
		if len(got) != 3 {
			t.Fatalf("read %v", got)
		}
		for i, want := range []domain.Event{ada, names("Ada"), names("Lovelace")} {
			r := got[i]
			if diff := cmp.Diff(want, r.Event); diff != "" {
				t.Error(diff)
			}
			if r.Revision != uint64(i) || r.Stream != "contact-lab.ada" || r.By != by || r.At.IsZero() {
				t.Errorf("event %d was kept as %+v", i, r)
			}
			if i > 0 && r.Position <= got[i-1].Position {
				t.Errorf("positions do not rise: %v", got)
			}
		}
		if got[2].Position != at {
			t.Errorf("appended at %d, kept at %d", at, got[2].Position)
		}
	})
	t.Run("FromRevision", func(t *testing.T) {
		j := open(t)
		add(t, j, "contact-lab.eve", 0, ada, names("Eve"), names("Eva"))
		if got := read(t, j, "contact-lab.eve", 2); len(got) != 1 || got[0].Revision != 2 {
			t.Errorf("read %v", got)
		}
		if got := read(t, j, "contact-lab.eve", 3); len(got) != 0 {
			t.Errorf("read %v beyond the end", got)
		}
	})
	t.Run("MovedOn", func(t *testing.T) {
		j := open(t)
		add(t, j, "contact-lab.lord", 0, ada)
		for _, length := range []uint64{0, 2, 7} {
			_, err := j.Append(t.Context(), "contact-lab.lord", length, by, names("Lord"))
			if !errors.Is(err, commands.ErrMovedOn) {
				t.Errorf("at length %d: got %v, want ErrMovedOn", length, err)
			}
		}
		if got := read(t, j, "contact-lab.lord", 0); len(got) != 1 {
			t.Errorf("a refused append left %v", got)
		}
	})
	t.Run("OneOfMany", func(t *testing.T) {
		j := open(t)
		var won sync.Map
		var wait sync.WaitGroup
		for i := range 16 {
			wait.Go(func() {
				if _, err := j.Append(t.Context(), "contact-lab.race", 0, by, names(fmt.Sprint(i))); err == nil {
					won.Store(i, true)
				} else if !errors.Is(err, commands.ErrMovedOn) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		got := read(t, j, "contact-lab.race", 0)
		if len(got) != 1 {
			t.Fatalf("%d of 16 appends at the same length went through", len(got))
		}
		won.Range(func(i, _ any) bool {
			if diff := cmp.Diff(domain.Event(names(fmt.Sprint(i))), got[0].Event); diff != "" {
				t.Errorf("another one won: %s", diff)
			}
			return true
		})
	})
	t.Run("ContextOver", func(t *testing.T) {
		j := open(t)
		over, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := j.Append(over, "contact-lab.late", 0, by, ada); !errors.Is(err, context.Canceled) {
			t.Errorf("append answered %v", err)
		}
		for _, err := range j.Read(over, "contact-lab.late", 0) {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("read answered %v", err)
			}
		}
	})
}

func add(t *testing.T, j commands.Journal, s domain.Stream, length uint64, events ...domain.Event) domain.Position {
	t.Helper()
	at, err := j.Append(t.Context(), s, length, by, events...)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func read(t *testing.T, j commands.Journal, s domain.Stream, from uint64) (all []domain.Recorded) {
	t.Helper()
	for r, err := range j.Read(t.Context(), s, from) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}
