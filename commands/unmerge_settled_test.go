package commands_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync/atomic"
	"testing"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/process"
)

// Whoever takes a contact out and is killed right then has not seen to what its survivor
// borrowed of it at that very moment. Asked again under the same key that is done, once,
// and answered alike, though there is nothing left to undo (D2-1, D2-5).
func TestSettledWhenAskedAgain(t *testing.T) {
	t.Parallel()
	c := coupleOf(t)
	h := c.beforeUnmerged(c.lord, func(m *journaltest.Mortal) {
		c.edit(t, c.ada, mail("lord@example.org"))
		m.Fault = journaltest.Fault{Append: m.Appends() + 1, After: true}
	})
	if _, err := h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, commands.Parting{}); !errors.Is(err, journaltest.ErrKilled) {
		t.Fatal(err)
	}
	var first commands.Parted
	for n := range 3 {
		c.clock.Add(120)
		h, _ = c.process(never)
		parted, err := h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, commands.Parting{})
		if err != nil || parted.AlreadyReversed || !slices.Equal(parted.Lost, []commands.Loss{{Contact: c.ada, Field: "email"}}) {
			t.Errorf("asked again: %+v, %v", parted, err)
		}
		if n > 0 && parted.At != first.At {
			t.Errorf("answered %+v, and then %+v", first, parted)
		}
		first = parted
		told := c.sound(t, "asked again")
		if ada, lord := told.Told(c.ada).Field("email"), told.Told(c.lord).Field("email"); ada != "" || lord != "lord@example.org" {
			t.Errorf("ada has %q and lord %q", ada, lord)
		}
	}
}

// What is left to be done once a contact stands apart, and cannot be done yet because
// others are at it, refuses nothing: a process does not turn back for it, and whoever asks
// again has it done.
func TestSettlingIsNotRefused(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]commands.Parting{"plain": {}, "moving": moving} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := coupleOf(t)
			if name == "moving" {
				c.edit(t, c.ada, mail("lord@example.org"))
			}
			inTheWay := &crowdedOut{stream: contact.Key{Space: c.room.ID, ID: c.ada}.Stream()}
			h := c.beforeUnmerged(c.lord, func(*journaltest.Mortal) {
				c.edit(t, c.ada, mail("ada@example.org"))
				c.edit(t, c.ada, mail("lord@example.org"))
				inTheWay.now.Store(true)
			})
			inTheWay.Journal, h.Journal = h.Journal, inTheWay
			var refused *domain.Refusal
			if _, err := h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, how); err == nil || errors.As(err, &refused) {
				t.Errorf("while others are at it: %v", err)
			}
			inTheWay.now.Store(false)
			c.clock.Add(120)
			h, _ = c.process(never)
			if name == "moving" {
				if out, err := h.Resume(t.Context(), c.room.ID, process.ID(c.IDFor(under("undo")))); err != nil || out != process.Done {
					t.Errorf("resumed: %q, %v", out, err)
				}
			}
			parted, err := h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, how)
			if err != nil || !slices.Equal(parted.Lost, []commands.Loss{{Contact: c.ada, Field: "email"}}) {
				t.Errorf("asked again: %+v, %v", parted, err)
			}
			told := c.sound(t, "asked again")
			if ada, lord := told.Told(c.ada).Field("email"), told.Told(c.lord).Field("email"); told.Root(c.lord) != c.lord || ada != "" || lord != "lord@example.org" {
				t.Errorf("lord is a part of %s, ada has %q and lord %q", told.Root(c.lord), ada, lord)
			}
		})
	}
}

// crowdedOut is a journal in which, for a while, others are always first in one stream.
type crowdedOut struct {
	commands.Journal
	stream domain.Stream
	now    atomic.Bool
}

func (j *crowdedOut) Append(ctx context.Context, s domain.Stream, length uint64, by domain.By, events ...domain.Event) (domain.Position, error) {
	if s == j.stream && j.now.Load() {
		return 0, commands.ErrMovedOn
	}
	return j.Journal.Append(ctx, s, length, by, events...)
}

// A merge that counts again is the one that was undone: what its survivor lost for the
// undoing nobody said, so the choice that was made then goes on to count, also where the
// survivor does not get it back because it is somebody else's by now (D1-17, D2-5).
func TestRedoneAsChosen(t *testing.T) {
	t.Parallel()
	c := crowdOf(t)
	c.channel(t, "chat", "")
	x := contact.Edit{Link: []contact.Identity{{Channel: "chat", Of: "x"}}}
	c.edit(t, c.eve, x)
	c.cmd.Choices[c.kit] = map[string]contact.Choice{"email": contact.Absorbeds, "external_id": contact.Survivors}
	id, err := c.merge(t, c.Handler)
	if err != nil {
		t.Fatal(err)
	}
	c.edit(t, c.ada, mail("kit@example.org"))
	c.clock.Add(120)
	apart, meddled := false, false
	h := c.beforeUnmerged(c.kit, func(*journaltest.Mortal) {
		c.edit(t, c.ada, x) // which nobody resolved, so that eve stays
		apart = true
	})
	h.Journal = &interruptedAt{h.Journal, func(s domain.Stream, _ []domain.Event) {
		if apart && !meddled && s.Category() == "process" { // it came apart, and all is settled
			meddled = true
			c.edit(t, c.kit, mail("new@example.org"))
			c.clock.Add(120)
			c.contact(t, "kit@example.org")
		}
	}}
	how := commands.Parting{Resolutions: map[string]commands.Resolution{"email": commands.Move}}
	if _, err := h.UndoMerge(t.Context(), under("undo"), c.room, id, c.cmd.Absorb, how); err == nil || !meddled {
		t.Fatalf("it was not refused, or nobody was in the way: %v, %t", err, meddled)
	}
	told := c.sound(t, "refused")
	if ids, _ := c.merged(); !slices.Equal(ids, c.cmd.Absorb) {
		t.Fatalf("%v are merged", ids)
	}
	if got := told.Own(c.kit).Merge.Choices["email"]; got != contact.Absorbeds {
		t.Errorf("kit's address was chosen, and now %q is", got)
	}
	if got := told.Told(c.ada).Field("email"); got != "new@example.org" {
		t.Errorf("ada shows %q", got)
	}
}

// Whoever went with another contact is deleted in its own history by the first who comes
// across it, be it who took it out, who asks where it is or who brings it a message, and
// by nobody again (D1-14).
func TestBuriedByWhoeverComes(t *testing.T) {
	t.Parallel()
	for name, come := range map[string]func(h *commands.Handler, c *couple) error{
		"who took it out": func(h *commands.Handler, c *couple) error {
			return second(h.UnmergeContact(context.Background(), under("undo"), c.room, c.lord, commands.Parting{}))
		},
		"another who does": func(h *commands.Handler, c *couple) error {
			return second(h.UnmergeContact(context.Background(), under("other"), c.room, c.lord, commands.Parting{}))
		},
		"who asks": func(h *commands.Handler, c *couple) error {
			return second(h.Leads(context.Background(), c.room, c.lord))
		},
		"who merges": func(h *commands.Handler, c *couple) error {
			return third(h.MergeContacts(context.Background(), by, c.room, c.eve, c.lord, keeping))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := coupleOf(t)
			h := c.beforeUnmerged(c.lord, func(m *journaltest.Mortal) {
				if _, err := c.DeleteContact(t.Context(), by, c.room, c.ada); err != nil {
					t.Error(err)
				}
				m.Fault = journaltest.Fault{Append: m.Appends() + 1, After: true}
			})
			if _, err := h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, commands.Parting{}); !errors.Is(err, journaltest.ErrKilled) {
				t.Fatal(err)
			}
			if n := c.kinds(c.lord); n["contact.unmerged"] != 1 || n["contact.deleted"] != 0 {
				t.Fatalf("its own history has %v", n)
			}
			h, _ = c.process(never)
			for range 2 {
				if err := come(h, c); err != nil && !errors.Is(err, contact.ErrDeleted) {
					t.Error(err)
				}
				if n := c.kinds(c.lord)["contact.deleted"]; n != 1 {
					t.Errorf("its own history says %d times that it was deleted", n)
				}
			}
		})
	}
}

// What cannot be a contact's any more is taken off it, and nothing that it was given
// instead in the meantime (D2-5).
func TestNothingElseIsLost(t *testing.T) {
	t.Parallel()
	c := coupleOf(t)
	c.edit(t, c.ada, mail("lord@example.org"))
	apart, meddled := false, false
	h := c.beforeUnmerged(c.lord, func(*journaltest.Mortal) { apart = true })
	h.Journal = &interruptedAt{h.Journal, func(domain.Stream, []domain.Event) {
		if apart && !meddled { // it stands apart, and its value is looked after
			meddled = true
			c.edit(t, c.lord, mail("new@example.org"))
			c.clock.Add(120)
			c.contact(t, "lord@example.org")
		}
	}}
	if _, err := h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, moving); err != nil || !meddled {
		t.Fatalf("%v, in the way: %t", err, meddled)
	}
	told := c.sound(t, "given another")
	if got := told.Told(c.lord).Field("email"); got != "new@example.org" {
		t.Errorf("lord has %q", got)
	}
}

// Whoever undoes a batch of which somebody else takes one out at that very moment undoes
// the others (D1-17, D2-1).
func TestUndoBatchWhileOneIsTakenOut(t *testing.T) {
	t.Parallel()
	for nth := 1; nth <= 12; nth++ {
		c := crowdOf(t)
		id, err := c.merge(t, c.Handler)
		if err != nil {
			t.Fatal(err)
		}
		c.clock.Add(120)
		h, m := c.process(never)
		read := &readMeanwhile{Journal: m, stream: contact.Key{Space: c.room.ID, ID: c.eve}.Stream(), nth: nth, by: func() {
			if _, err := c.UnmergeContact(t.Context(), under("other"), c.room, c.eve, commands.Parting{}); err != nil {
				t.Error(err)
			}
		}}
		h.Journal = read
		for range 2 {
			if _, err := h.UndoMerge(t.Context(), under("undo"), c.room, id, c.cmd.Absorb, commands.Parting{}); err != nil {
				t.Errorf("before the contact is read for the %d. time: %v", nth, err)
			}
			if ids, _ := c.merged(); len(ids) > 0 {
				t.Errorf("before the contact is read for the %d. time: %v are left", nth, ids)
			}
		}
		c.sound(t, "undone")
	}
}

// readMeanwhile is a journal in which something happens once, before a stream is read.
type readMeanwhile struct {
	commands.Journal
	stream domain.Stream
	nth    int
	by     func()
}

func (j *readMeanwhile) Read(ctx context.Context, s domain.Stream, from uint64) iter.Seq2[domain.Recorded, error] {
	if s == j.stream {
		if j.nth--; j.nth == 0 {
			j.by()
		}
	}
	return j.Journal.Read(ctx, s, from)
}
