package commands_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/process"
	"skein/domain/space"
)

// However the reads and appends of several processes fall together that merge, preview,
// take out, undo, edit, delete and bring messages, and whoever of them is killed and goes
// on: in the end every id leads to one contact, commands and whoever reads the whole
// journal agree on it, no value is two contacts', and whoever asks how it was at any
// moment is told what the journal said then (D1-3, D1-14, D2-5, D2-15).
func TestWhateverFallsTogether(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := stage(t)
		var before []deedOf
		for range rapid.IntRange(0, 6).Draw(rt, "before") {
			before = append(before, s.deed(rt, len(before)))
		}
		for _, d := range before {
			h, _ := s.process(never)
			s.play(rt, d, h)
			s.clock.Add(120)
		}
		began := len(s.journal.All(0))
		var deeds []deedOf
		for range rapid.IntRange(2, 4).Draw(rt, "at once") {
			deeds = append(deeds, s.deed(rt, 10+len(deeds)))
		}
		killed := map[int]bool{rapid.IntRange(-1, len(deeds)-1).Draw(rt, "killed"): true, rapid.IntRange(-1, len(deeds)-1).Draw(rt, "killed too"): true}
		reads := rapid.Bool().Draw(rt, "reads")
		var all []*actor
		for i, d := range deeds {
			fault := never
			if killed[i] {
				fault = journaltest.Fault{Append: rapid.IntRange(1, 8).Draw(rt, "append"), After: rapid.Bool().Draw(rt, "after")}
			}
			all = append(all, s.acts(rt, d, fault, reads))
		}
		conduct(rt, all)
		s.clock.Add(120)
		for i, d := range deeds {
			if killed[i] {
				h, _ := s.process(never)
				s.play(rt, d, h)
				s.clock.Add(120)
			}
		}
		h, _ := s.process(never)
		for _, r := range s.journal.All(0) {
			if e, is := r.Event.(process.Started); is {
				in, id := r.Stream.Parts()
				if _, err := h.Resume(t.Context(), space.ID(in), process.ID(id)); err != nil {
					var refused *domain.Refusal
					if !errors.As(err, &refused) {
						rt.Fatalf("%s cannot be gone on with: %v", e.What, err)
					}
				}
			}
		}
		s.check(rt, began)
	})
}

func (s *players) check(t *rapid.T, began int) {
	h, _ := s.process(never)
	leads := map[contact.ID]contact.ID{}
	for _, id := range s.ids {
		root, err := h.Leads(context.Background(), s.room, id)
		if err != nil {
			t.Fatalf("%s leads nowhere: %v", id, err)
		}
		leads[id] = root
	}
	told, ids := families(s.journal, s.room.ID)
	for id, root := range leads {
		gone := errors.Is(h.Stands(context.Background(), s.room, root), contact.ErrDeleted)
		if gone != (told.Own(id).Deleted > 0) {
			t.Fatalf("%s is deleted by commands: %v, by the journal at %d\n%s", id, gone, told.Own(id).Deleted, s.tell())
		}
		if !gone && (told.Root(id) != root || told.Own(root).Merge.Into != "") {
			t.Fatalf("%s leads to %s by commands and to %s by the journal\n%s", id, root, told.Root(id), s.tell())
		}
	}
	if twice := s.twice(s.room.ID, space.DefaultUnique); twice != "" {
		t.Fatalf("%s\n%s", twice, s.tell())
	}
	all := s.journal.All(0)
	kin := kinOf(all)
	for n := began; n <= len(all); n++ {
		whole, at := familyIn(all[:n], s.room.ID), domain.Position(0)
		if n > 0 {
			at = all[n-1].Position
		}
		for _, id := range ids {
			if whole.Own(id).Created.IsZero() {
				continue
			}
			was, _, err := h.AsOf(context.Background(), s.room, id, kin(id), commands.Until{}.UpTo(at))
			if err != nil {
				t.Fatal(err)
			}
			a, b := whole.Told(id), was.Told(id)
			if whole.Root(id) != was.Root(id) || (a.Deleted > 0) != (b.Deleted > 0) || !maps.Equal(a.Fields(), b.Fields()) || !slices.Equal(a.Identities(), b.Identities()) || a.Void != b.Void {
				t.Fatalf("as of %d %s is %v of %s, and was %v of %s\n%s", at, id, b.Fields(), was.Root(id), a.Fields(), whole.Root(id), s.tell())
			}
		}
	}
}

func familyIn(all []domain.Recorded, in space.ID) (f contact.Family) {
	for _, r := range all {
		if c := r.Stream.Category(); contact.KeyOf(r.Stream).Space == in && (c == "contact" || c == "conversation") {
			f.Tell(r)
		}
	}
	return f
}

// kinOf is who was ever one with a contact, by merges that counted.
func kinOf(all []domain.Recorded) func(contact.ID) []contact.ID {
	var f contact.Family
	with := map[contact.ID]map[contact.ID]bool{}
	for _, r := range all {
		if c := r.Stream.Category(); c != "contact" && c != "conversation" {
			continue
		}
		f.Tell(r)
		id := contact.KeyOf(r.Stream).ID
		if e, is := r.Event.(contact.Merged); is && f.Own(id).Merge.At == r.Position {
			for _, two := range [][2]contact.ID{{id, e.Survivor}, {e.Survivor, id}} {
				if with[two[0]] == nil {
					with[two[0]] = map[contact.ID]bool{}
				}
				with[two[0]][two[1]] = true
			}
		}
	}
	return func(id contact.ID) []contact.ID {
		ids := []contact.ID{id}
		for i := 0; i < len(ids); i++ {
			for other := range with[ids[i]] {
				if !slices.Contains(ids, other) {
					ids = append(ids, other)
				}
			}
		}
		return ids
	}
}

func (s *players) tell() (text string) {
	for _, r := range s.journal.All(0) {
		if c := r.Stream.Category(); c == "contact" || c == "process" || c == "identifier" || c == "conversation" {
			text += fmt.Sprintf("%d %s %s %.150s key=%s\n", r.Position, r.Stream, r.Kind(), fmt.Sprintf("%+v", r.Event), r.By.Key)
		}
	}
	return text
}
