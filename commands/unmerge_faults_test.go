package commands_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/process"
)

var never = journaltest.Fault{}

// Wherever whoever takes a contact out is killed, and whoever goes on with it, pairs of
// faults too: it is taken out in the end, as was asked, or it is as before; no message is
// lost, no value has two owners (limits of steps of processes, D2-5, D2-9).
func TestUnmergeKilled(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]commands.Parting{
		"plain":       {},
		"by identity": {Interactions: commands.ByIdentity, Talks: contact.Close},
		"left off":    {Resolutions: map[string]commands.Resolution{"email": commands.LeaveOff, "@chat:george": commands.LeaveOff}},
		"moved":       {Resolutions: map[string]commands.Resolution{"email": commands.Move, "@chat:george": commands.Move}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			steps := 0
			for first := range journaltest.Faults(12) {
				for second := range journaltest.Faults(12) {
					c := coupleOf(t)
					c.hears(t, "since", "george", c.ada)
					if how.Resolutions != nil {
						edit := contact.Edit{Fields: map[string]string{"email": "lord@example.org"}, Link: []contact.Identity{{Channel: "chat", Of: "george"}}}
						if _, err := c.EditContact(t.Context(), by, c.room, c.ada, edit); err != nil {
							t.Fatal(err)
						}
					}
					h, m := c.process(first)
					_, err := h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, how)
					steps = max(steps, m.Appends())
					c.clock.Add(120)
					h, _ = c.process(second)
					if err != nil {
						_, _ = h.Resume(t.Context(), c.room.ID, process.ID(c.IDFor(under("undo"))))
					}
					what := fmt.Sprintf("killed %s, then %s", first, second)
					c.sound(t, what)
					c.clock.Add(120)
					h, _ = c.process(never)
					if parted, err := h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, how); err != nil || parted.AlreadyReversed {
						t.Fatalf("%s: %+v, %v", what, parted, err)
					}
					c.parted(t, what, how)
				}
			}
			if steps >= 12 {
				t.Errorf("it takes %d appends, and not all are tried", steps)
			}
		})
	}
}

// Whoever asks for something else after an unmerge was cut off is not let through to a
// value that is about to be somebody else's (D2-5).
func TestAnotherAsksAfterAKill(t *testing.T) {
	t.Parallel()
	leaveOff := commands.Parting{Resolutions: map[string]commands.Resolution{"email": commands.LeaveOff}}
	for fault := range journaltest.Faults(6) {
		c := coupleOf(t)
		if _, err := c.EditContact(t.Context(), by, c.room, c.ada, contact.Edit{Fields: map[string]string{"email": "lord@example.org"}}); err != nil {
			t.Fatal(err)
		}
		h, _ := c.process(fault)
		_, _ = h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, leaveOff)
		c.clock.Add(120)
		h, _ = c.process(never)
		var refused *domain.Refusal
		if _, err := h.UnmergeContact(t.Context(), under("plain"), c.room, c.lord, commands.Parting{}); err != nil && !errors.As(err, &refused) {
			t.Error(err)
		}
		c.sound(t, "killed "+fault.String())
	}
}

// parted checks that lord was taken out as was asked.
func (c *couple) parted(t *testing.T, what string, how commands.Parting) {
	t.Helper()
	told := c.sound(t, what)
	if told.Root(c.lord) != c.lord {
		t.Fatalf("%s: it is still a part of %s", what, told.Root(c.lord))
	}
	has := c.lord
	if how.Resolutions["email"] == commands.LeaveOff {
		has = c.ada
	}
	if a, b := told.Told(c.ada), told.Told(c.lord); how.Resolutions != nil && ((a.Field("email") != "") != (has == c.ada) || (b.Field("email") != "") != (has == c.lord)) {
		t.Fatalf("%s: ada has %q and lord %q", what, a.Field("email"), b.Field("email"))
	}
	c.hears(t, "after", "george", has)
	since := c.ada
	if how.Interactions == commands.ByIdentity {
		since = c.lord
	}
	c.owns(t, map[string]contact.ID{"before": c.lord, "since": since, "after": has})
}

// A value that somebody else would not let go in the end is given back (D2-5).
func TestMoveIsTakenBack(t *testing.T) {
	t.Parallel()
	for fault := range journaltest.Faults(8) {
		c := coupleOf(t)
		if _, err := c.EditContact(t.Context(), by, c.room, c.ada, contact.Edit{Fields: map[string]string{"email": "lord@example.org"}}); err != nil {
			t.Fatal(err)
		}
		how := commands.Parting{Resolutions: map[string]commands.Resolution{"email": commands.Move}}
		h, m := c.process(fault)
		h.Journal = &interrupted{m, 4, func() { // right before it is taken out
			if _, err := c.DeleteContact(t.Context(), by, c.room, c.ada); err != nil {
				t.Error(err)
			}
		}}
		_, _ = h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, how)
		c.clock.Add(120)
		h, _ = c.process(never)
		_, err := h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, how)
		told, _ := families(c.journal, c.room.ID)
		if deleted := told.Own(c.ada).Deleted > 0; deleted && told.Own(c.lord).Deleted == 0 && err != nil {
			t.Errorf("killed %s: lord stands, though refused: %v", fault, err)
		}
		c.oneEach(t)
	}
}

// A message that is under way while its contact is taken out goes to exactly one, and is
// there (D2-9).
func TestMessageInFlight(t *testing.T) {
	t.Parallel()
	for _, how := range []commands.Parting{{}, {Interactions: commands.ByIdentity}} {
		for range 100 {
			c := coupleOf(t)
			var wait sync.WaitGroup
			for i := range 3 {
				wait.Go(func() {
					m := commands.Inbound{Message: conversation.MessageID(fmt.Sprint(i)), Channel: "chat", Identity: "george"}
					if _, err := c.Hear(t.Context(), by, c.room, m); err != nil {
						t.Error(err)
					}
				})
			}
			wait.Go(func() {
				if _, err := c.UnmergeContact(t.Context(), by, c.room, c.lord, how); err != nil {
					t.Error(err)
				}
			})
			wait.Wait()
			for i := range 3 {
				if owner := c.whose(t, fmt.Sprint(i)); owner != c.ada && owner != c.lord {
					t.Errorf("message %d is of %q", i, owner)
				}
			}
			c.hears(t, "after", "george", c.lord)
		}
	}
}

// Unmerges fall together with each other and with merges of the survivor, wherever one
// of those who ask is killed: one contact for every id, one owner for every value.
func TestUnmergesCross(t *testing.T) {
	t.Parallel()
	out := deedOf{"unmerge(lord)", func(h *commands.Handler, on *trio) error {
		return second(h.UnmergeContact(t.Context(), under("out"), on.room, on.lord, commands.Parting{}))
	}}
	again := deedOf{"unmerge(lord) by another", func(h *commands.Handler, on *trio) error {
		return second(h.UnmergeContact(t.Context(), under("again"), on.room, on.lord, commands.Parting{Alone: true}))
	}}
	moving := deedOf{"unmerge(lord) moving", func(h *commands.Handler, on *trio) error {
		return second(h.UnmergeContact(t.Context(), under("moving"), on.room, on.lord, commands.Parting{Resolutions: map[string]commands.Resolution{"email": commands.Move}}))
	}}
	borrow := deedOf{"borrow", func(h *commands.Handler, on *trio) error {
		return second(h.EditContact(t.Context(), under("borrow"), on.room, on.ada, contact.Edit{Fields: map[string]string{"email": "lord@example.org"}}))
	}}
	deleting := deedOf{"delete(ada)", adaIsDeleted.do}
	for _, two := range [][2]deedOf{{out, again}, {out, eveAbsorbsAda}, {out, borrow}, {moving, borrow}, {moving, out}, {out, deleting}, {moving, eveAbsorbsAda}} {
		t.Run(two[0].name+" and "+two[1].name, func(t *testing.T) {
			t.Parallel()
			for fault := range journaltest.Faults(6) {
				for which := range two {
					c := coupleOf(t)
					var wait sync.WaitGroup
					for i, deed := range two {
						f := never
						if i == which {
							f = fault
						}
						h, _ := c.process(f)
						wait.Go(func() {
							var refused *domain.Refusal
							if err := deed.do(h, c.trio); err != nil && !errors.As(err, &refused) && !errors.Is(err, journaltest.ErrKilled) {
								t.Error(err)
							}
						})
					}
					wait.Wait()
					c.clock.Add(120)
					for _, key := range []string{"moving"} {
						h, _ := c.process(never)
						_, _ = h.Resume(t.Context(), c.room.ID, process.ID(c.IDFor(under(key))))
					}
					h, _ := c.process(never)
					_ = two[which].do(h, c.trio) // whoever was cut off asks again
					c.sound(t, fmt.Sprintf("%d killed %s", which, fault))
				}
			}
		})
	}
}
