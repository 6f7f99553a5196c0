package commands_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain/contact"
	"skein/domain/process"
)

// All of a batch is undone or none of it, wherever whoever does it is killed (D1-17).
func TestUndoBatch(t *testing.T) {
	t.Parallel()
	for name, meddle := range map[string]func(c *crowd) error{
		"done": nil,
		"one of them is in the way by then": func(c *crowd) error {
			return second(c.EditContact(t.Context(), by, c.room, c.ada, contact.Edit{Fields: map[string]string{"email": "lord@example.org"}}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for first := range journaltest.Faults(8) {
				for second := range journaltest.Faults(8) {
					c := crowdOf(t)
					id, err := c.merge(t, c.Handler)
					if err != nil {
						t.Fatal(err)
					}
					before := c.told(c.ada)
					c.clock.Add(120)
					h, mortal := c.process(first)
					if meddle != nil {
						h.Journal = &interrupted{mortal, 3, func() {
							if err := meddle(c); err != nil {
								t.Error(err)
							}
						}}
					}
					undo := func(h *commands.Handler) (commands.Parted, error) {
						return h.UndoMerge(t.Context(), under("undo"), c.room, id, c.cmd.Absorb, commands.Parting{})
					}
					_, err = undo(h)
					c.clock.Add(120)
					if err != nil {
						h, _ := c.process(second)
						_, _ = h.Resume(t.Context(), c.room.ID, process.ID(c.IDFor(under("undo"))))
					}
					c.clock.Add(120)
					h, _ = c.process(never)
					_, err = undo(h)
					ids, _ := c.merged()
					what := fmt.Sprintf("killed %s, then %s", first, second)
					switch {
					case err == nil && len(ids) > 0:
						t.Fatalf("%s: %v are left", what, ids)
					case err != nil && (meddle == nil || !slices.Equal(ids, c.cmd.Absorb)):
						t.Fatalf("%s: %v are left, %v", what, ids, err)
					case err != nil:
						after := c.told(c.ada)
						after.Values["email"], before.Values["email"] = contact.Value{}, contact.Value{}
						if fmt.Sprint(after.Fields()) != fmt.Sprint(before.Fields()) {
							t.Fatalf("%s: it shows %v, and showed %v", what, after.Fields(), before.Fields())
						}
					}
					c.sound(t, what)
					events := len(c.journal.All(0))
					if _, again := undo(h); (again == nil) != (err == nil) || len(c.journal.All(0)) != events {
						t.Fatalf("%s: answered %v and then %v", what, err, again)
					}
				}
			}
		})
	}
}

// A merge is undone by its id, once, and no other one in its place (D2-1).
func TestUndoMerge(t *testing.T) {
	t.Parallel()
	c := threeOf(t)
	id, _, err := c.MergeContacts(t.Context(), by, c.room, c.ada, c.lord, keeping)
	if err != nil {
		t.Fatal(err)
	}
	undo := func(absorbed ...contact.ID) (commands.Parted, error) {
		return c.UndoMerge(t.Context(), by, c.room, id, absorbed, commands.Parting{})
	}
	if _, err := undo(); !errors.Is(err, commands.ErrNoMerge) {
		t.Errorf("an unknown one: %v", err)
	}
	for _, reversed := range []bool{false, true} {
		if parted, err := undo(c.lord); err != nil || parted.AlreadyReversed != reversed {
			t.Errorf("%+v, %v", parted, err)
		}
	}
	c.merge(t, c.eve, c.lord)
	if parted, err := undo(c.lord); err != nil || !parted.AlreadyReversed || c.told(c.lord).Merge.Into != c.eve {
		t.Errorf("merged with somebody else since: %+v, %v", parted, err)
	}
}
