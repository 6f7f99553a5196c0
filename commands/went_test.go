package commands_test

import (
	"context"
	"errors"
	"testing"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
)

// Who is taken out of a contact that was deleted just before went with it, also when
// whoever did it was killed: whoever asks is told so, each time, and no message is lost to
// it (D1-14).
func TestTakenOutOfWhatIsDeleted(t *testing.T) {
	t.Parallel()
	for fault := range journaltest.Faults(3) {
		c := coupleOf(t)
		h, m := c.process(fault)
		h.Journal = &interrupted{m, 1, func() {
			if _, err := c.DeleteContact(t.Context(), by, c.room, c.ada); err != nil {
				t.Error(err)
			}
		}}
		undo := func(h *commands.Handler) error {
			return second(h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, commands.Parting{}))
		}
		if err := undo(h); !errors.Is(err, contact.ErrDeleted) && !errors.Is(err, journaltest.ErrKilled) {
			t.Errorf("killed %s: %v", fault, err)
		}
		c.clock.Add(120)
		h, _ = c.process(never)
		for range 2 {
			if err := undo(h); !errors.Is(err, contact.ErrDeleted) {
				t.Errorf("killed %s, and asked again: %v", fault, err)
			}
		}
		if c.kinds(c.lord)["contact.unmerged"] > 0 {
			c.buried(t, h, c.lord)
		}
	}
}

// The same, where the first to come is somebody else with something else to ask.
func TestNothingIsAskedOfWhatWent(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]func(c *couple, h *commands.Handler) error{
		"edit": func(c *couple, h *commands.Handler) error {
			return second(h.EditContact(c.ctx(), by, c.room, c.lord, contact.Edit{Tag: []string{"vip"}}))
		},
		"merge": func(c *couple, h *commands.Handler) error {
			return third(h.MergeContacts(c.ctx(), by, c.room, c.lord, c.eve, keeping))
		},
		"other": func(c *couple, h *commands.Handler) error {
			return third(h.MergeContacts(c.ctx(), by, c.room, c.eve, c.lord, keeping))
		},
		"talk": func(c *couple, h *commands.Handler) error {
			return second(h.OpenConversation(c.ctx(), by, c.room, c.lord, "chat"))
		},
		"judge": func(c *couple, h *commands.Handler) error {
			return second(h.JudgeDistinct(c.ctx(), by, c.room, c.lord, c.eve))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := coupleOf(t)
			h, m := c.process(journaltest.Fault{Append: 1, After: true})
			h.Journal = &interrupted{m, 1, func() {
				if _, err := c.DeleteContact(t.Context(), by, c.room, c.ada); err != nil {
					t.Error(err)
				}
			}}
			if _, err := h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, commands.Parting{}); !errors.Is(err, journaltest.ErrKilled) {
				t.Fatal(err)
			}
			h, _ = c.process(never)
			if err := ask(c, h); !errors.Is(err, contact.ErrDeleted) {
				t.Errorf("got %v", err)
			}
			c.buried(t, h, c.lord)
		})
	}
}

func (c *couple) ctx() context.Context { return context.Background() }

// buried checks that a contact is deleted for everybody, and that who was behind it is
// somebody new.
func (c *couple) buried(t *testing.T, h *commands.Handler, id contact.ID) {
	t.Helper()
	c.sound(t, "deleted")
	if err := h.Stands(t.Context(), c.room, id); !errors.Is(err, contact.ErrDeleted) {
		t.Errorf("asked whether it stands: %v", err)
	}
	heard, err := h.Hear(t.Context(), by, c.room, commands.Inbound{Message: "late", Channel: "chat", Identity: "george"})
	if err != nil || heard.Contact == id || !heard.Created || c.whose(t, "late") != heard.Contact {
		t.Errorf("a message is %+v, %v", heard, err)
	}
	if times := c.kinds(id)["contact.deleted"]; times != 1 {
		t.Errorf("its own history says %d times that it was deleted", times)
	}
}

// kinds are how many events of each kind a contact's own history has.
func (c *couple) kinds(id contact.ID) map[string]int {
	kinds := map[string]int{}
	for _, r := range c.journal.All(0) {
		if r.Stream == (contact.Key{Space: c.room.ID, ID: id}).Stream() {
			kinds[r.Kind()]++
		}
	}
	return kinds
}

// Nothing is merged into a contact whose own merge is void until that is taken back, for
// whoever reads the whole journal and for whoever does not (D1-3).
func TestMergeIntoWhatHasAVoidMerge(t *testing.T) {
	t.Parallel()
	on := threeOf(t)
	x := on.contact(t, "kit@example.org")
	slow, mortal := on.process(journaltest.Fault{Append: 1, After: true})
	slow.Journal = &interrupted{mortal, 1, func() { // before lord is merged into ada
		h, mortal := on.process(journaltest.Fault{Append: 1, After: true})
		h.Journal = &interrupted{mortal, 1, func() { // before ada is merged into x
			if _, err := on.DeleteContact(t.Context(), by, on.room, x); err != nil {
				t.Error(err)
			}
		}}
		if _, _, err := h.MergeContacts(t.Context(), under("x"), on.room, x, on.ada, keeping); !errors.Is(err, journaltest.ErrKilled) {
			t.Error(err)
		}
	}}
	if err := adaAbsorbsLord.do(slow, on); !errors.Is(err, journaltest.ErrKilled) {
		t.Fatal(err)
	}
	told, _ := families(on.journal, on.room.ID)
	if told.Root(on.lord) != on.lord || told.Own(on.ada).Standing() != nil {
		t.Errorf("lord is a part of %s, and ada stands: %v", told.Root(on.lord), told.Own(on.ada).Standing())
	}
	on.sound(t, "both void")
	h, _ := on.process(never)
	if _, err := h.DeleteContact(t.Context(), by, on.room, on.ada); err != nil {
		t.Error(err)
	}
	if told = on.sound(t, "deleted"); told.Own(on.lord).Standing() != nil {
		t.Errorf("lord went with it: %v", told.Own(on.lord).Standing())
	}
	if err := adaAbsorbsLord.do(h, on); !errors.Is(err, contact.ErrDeleted) && !errors.As(err, new(*domain.Refusal)) {
		t.Errorf("asked again: %v", err)
	}
}
