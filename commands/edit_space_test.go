package commands_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"skein/commands"
	"skein/domain"
	"skein/domain/organization"
	"skein/domain/space"
)

// An edit is saved as it was decided, or not at all (C0-26).
func TestEditSpace(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	seen, length, err := h.ReadSpace(ctx, "engines", h.room.ID)
	if err != nil || seen.Name != "Lab" {
		t.Fatal(seen, err)
	}
	cmd := space.Edit{Name: new("Den"), Users: []space.Assign{{User: "eve", Role: space.Agent}}}
	keyed := domain.By{Actor: "ada", Key: "k", Ask: "a"}
	at, after, err := h.EditSpace(ctx, keyed, h.room, length, cmd)
	if err != nil || after != length+1 {
		t.Fatalf("saved at length %d, %v", after, err)
	}
	if _, err := h.Space(ctx, by, h.room, space.Assign{User: "kit", Role: space.Agent}); err != nil {
		t.Fatal(err)
	}
	if again, same, err := h.EditSpace(ctx, keyed, h.room, length, cmd); again != at || same != after || err != nil {
		t.Errorf("asked again under its key: %d %d %v", again, same, err)
	}
	before := len(h.journal.All(0))
	if _, _, err := h.EditSpace(ctx, by, h.room, after, space.Edit{Name: new("Hut")}); !errors.Is(err, commands.ErrSpaceChanged) {
		t.Errorf("decided on a space that is no more: %v", err)
	}
	if len(h.journal.All(0)) != before {
		t.Error("a refused edit left something")
	}
	if s, _, _ := h.ReadSpace(ctx, "engines", h.room.ID); s.Name != "Den" || len(s.Users) != 2 {
		t.Errorf("the space is %+v", s)
	}
}

// Names are unique whatever stops a renaming, and wherever (C0-13): what was only
// reserved is free when somebody needs it, and so is the name that was given up.
func TestRenamingStopped(t *testing.T) {
	t.Parallel()
	for _, steps := range []int{0, 1, 2, 3} {
		t.Run(fmt.Sprint(steps), func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			h := build(t)
			_, length, err := h.ReadSpace(ctx, "engines", h.room.ID)
			if err != nil {
				t.Fatal(err)
			}
			weak := h.journalOnly(&stopping{Journal: h.journal, left: steps})
			_, _, err = weak.EditSpace(ctx, by, h.room, length, space.Edit{Name: new("Den")})
			if (err != nil) != (steps < 2) {
				t.Fatalf("after %d steps: %v", steps, err)
			}
			taken, free := "Lab", "Den"
			if steps >= 2 { // the space has the name
				taken, free = free, taken
			}
			if _, err := h.Space(ctx, by, h.room, space.Assign{User: "kit", Role: space.Agent}); err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]error{taken: organization.ErrSpaceTaken, free: nil} {
				if _, _, err := h.CreateSpace(ctx, by, space.Create{Organization: "engines", Name: strings.ToUpper(name)}); !errors.Is(err, want) {
					t.Errorf("another space by the name %s: %v, want %v", name, err, want)
				}
			}
		})
	}
}

// Of many who want a name at the same moment, one gets it, and every space has one
// of its own in the end.
func TestNamesUnderConcurrency(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	ids := []space.ID{h.room.ID}
	for _, name := range []string{"a", "b", "c"} {
		id, _, err := h.CreateSpace(ctx, by, space.Create{Organization: "engines", Name: name})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for round := range 40 {
				id := ids[(i+round)%len(ids)]
				_, length, err := h.ReadSpace(ctx, "engines", id)
				if err != nil {
					t.Error(err)
					return
				}
				name := []string{"x", "Y", "z", "É", "a", "B"}[(i*7+round*5)%6]
				if round%2 == 1 {
					name = strings.ToLower(name)
				}
				_, _, err = h.EditSpace(ctx, by, commands.Room{ID: id}, length, space.Edit{Name: &name})
				if err != nil && !errors.Is(err, commands.ErrSpaceChanged) && !errors.Is(err, organization.ErrSpaceTaken) && !errors.Is(err, commands.ErrBusy) {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	names := map[space.ID]string{} // as they followed each other
	renamed := 0
	for _, r := range h.journal.All(0) {
		_, id := r.Stream.Parts()
		switch e := r.Event.(type) {
		case space.Created:
			names[space.ID(id)] = domain.Fold(e.Name)
		case space.Edited:
			renamed++
			for other, name := range names {
				if other != space.ID(id) && name == domain.Fold(e.Name) {
					t.Fatalf("at %d two spaces go by the name %s", r.Position, name)
				}
			}
			names[space.ID(id)] = domain.Fold(e.Name)
		}
	}
	if renamed == 0 {
		t.Error("no renaming went through")
	}
}

// journalOnly is the handler on another journal.
func (h *house) journalOnly(j commands.Journal) *commands.Handler {
	return &commands.Handler{Journal: j, Now: h.Now, NewID: h.NewID, Hash: h.Hash, Gate: h.Gate}
}

// stopping is a journal that takes so many events and no more.
type stopping struct {
	commands.Journal
	left int
}

var errStopped = errors.New("stopped")

func (j *stopping) Append(ctx context.Context, s domain.Stream, length uint64, by domain.By, events ...domain.Event) (domain.Position, error) {
	if j.left--; j.left < 0 {
		return 0, errStopped
	}
	return j.Journal.Append(ctx, s, length, by, events...)
}
