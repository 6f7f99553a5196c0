package commands_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// Many who follow a space are told of a merge at once, and the histories are read once
// for all of them; who fails at that, or leaves meanwhile, leaves it to the next one
// (D2-16).
func TestRetold(t *testing.T) {
	t.Parallel()
	h := build(t)
	ada, lord := h.contact(t, "ada@example.org"), h.contact(t, "lord@example.org")
	_, merged, err := h.MergeContacts(t.Context(), by, h.room, ada, lord, keeping)
	if err != nil {
		t.Fatal(err)
	}
	asked, patient := 0, make(chan struct{})
	broken := errors.New("broken")
	told := &commands.Retold{Kin: func(context.Context, space.ID, contact.ID, domain.Position) ([]contact.ID, error) {
		if asked++; asked == 1 {
			<-patient
			return nil, broken
		}
		return []contact.ID{ada, lord}, nil
	}}
	var all sync.WaitGroup
	failed := make(chan error, 8)
	for range cap(failed) {
		all.Go(func() {
			for c, err := range h.Changes(t.Context(), h.journal, h.room, merged-1, told) {
				if err != nil {
					failed <- err
					return
				}
				if c.Position != merged || !slices.Equal(c.After.IDs, []contact.ID{lord, ada}) || c.After.Family.Root(lord) != ada {
					t.Errorf("told of %+v", c)
				}
				return
			}
		})
	}
	close(patient)
	all.Wait()
	close(failed)
	for err := range failed {
		if !errors.Is(err, broken) {
			t.Error(err)
		}
	}
	if asked != 2 {
		t.Errorf("kin were asked for %d times", asked)
	}
}
