package commands_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/process"
)

// interruptedAt is a journal in which something happens just before every append.
type interruptedAt struct {
	commands.Journal
	by func(domain.Stream, []domain.Event)
}

func (i *interruptedAt) Append(ctx context.Context, s domain.Stream, length uint64, by domain.By, events ...domain.Event) (domain.Position, error) {
	i.by(s, events)
	return i.Journal.Append(ctx, s, length, by, events...)
}

// beforeUnmerged is a process of its own in which something happens once, right before a
// contact is taken out.
func (c *trio) beforeUnmerged(id contact.ID, do func(m *journaltest.Mortal)) *commands.Handler {
	h, m := c.process(never)
	once := false
	h.Journal = &interruptedAt{m, func(s domain.Stream, events []domain.Event) {
		is := slices.ContainsFunc(events, func(e domain.Event) bool { return e.Kind() == contact.Unmerged{}.Kind() })
		if is && !once && contact.KeyOf(s).ID == id {
			once = true
			do(m)
		}
	}}
	return h
}

func (c *trio) edit(t *testing.T, id contact.ID, edit contact.Edit) {
	t.Helper()
	if _, err := c.EditContact(t.Context(), by, c.room, id, edit); err != nil {
		t.Fatal(err)
	}
}

func mail(address string) contact.Edit {
	return contact.Edit{Fields: map[string]string{"email": address}}
}

var moving = commands.Parting{Resolutions: map[string]commands.Resolution{"email": commands.Move}}

// Whoever lost something for an unmerge that is refused in the end gets it back, however
// far up it is; nobody else is missed out for its sake (D2-5).
func TestMoveIsTakenBackFurtherUp(t *testing.T) {
	t.Parallel()
	for _, nested := range []bool{false, true} {
		c := coupleOf(t)
		top := c.ada
		if nested {
			c.merge(t, c.eve, c.ada)
			top = c.eve
		}
		c.edit(t, top, mail("lord@example.org"))
		h := c.beforeUnmerged(c.lord, func(m *journaltest.Mortal) { m.Fault = journaltest.Fault{Append: m.Appends() + 1} })
		if _, err := h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, moving); !errors.Is(err, journaltest.ErrKilled) {
			t.Fatalf("nested %t: %v", nested, err)
		}
		if lost, _ := families(c.journal, c.room.ID); lost.Own(top).Field("email") != "" {
			t.Fatalf("nested %t: nothing was lost yet", nested)
		}
		c.edit(t, top, contact.Edit{Link: []contact.Identity{{Channel: "chat", Of: "george"}}}) // which nobody resolved
		c.clock.Add(120)
		h, _ = c.process(never)
		out, err := h.Resume(t.Context(), c.room.ID, process.ID(c.IDFor(under("undo"))))
		if err != nil || out != process.Undone {
			t.Errorf("nested %t: %q, %v", nested, out, err)
		}
		told := c.sound(t, "resumed")
		if told.Root(c.lord) != top || told.Own(top).Field("email") != "lord@example.org" {
			t.Errorf("nested %t: lord is a part of %s, which has %q", nested, told.Root(c.lord), told.Own(top).Field("email"))
		}
	}
}

// What was said since of a value that somebody lost is not overwritten when it is given
// back.
func TestGivenBackUnlessSaidSince(t *testing.T) {
	t.Parallel()
	c := coupleOf(t)
	c.edit(t, c.ada, mail("lord@example.org"))
	h := c.beforeUnmerged(c.lord, func(*journaltest.Mortal) {
		c.edit(t, c.ada, mail("new@example.org"))
		c.edit(t, c.ada, contact.Edit{Link: []contact.Identity{{Channel: "chat", Of: "george"}}})
		h, _ := c.process(never) // so that it is merged anew, and the unmerge refused
		c.edit(t, c.ada, contact.Edit{Unlink: []contact.Identity{{Channel: "chat", Of: "george"}}})
		if _, err := h.UnmergeContact(t.Context(), by, c.room, c.lord, commands.Parting{}); err != nil {
			t.Error(err)
		}
		c.merge(t, c.ada, c.lord)
		c.edit(t, c.ada, contact.Edit{Link: []contact.Identity{{Channel: "chat", Of: "george"}}})
	})
	var refused *domain.Refusal
	if _, err := h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, moving); !errors.As(err, &refused) {
		t.Errorf("it was not refused: %v", err)
	}
	told := c.sound(t, "said since")
	if got := told.Own(c.ada).Field("email"); got != "new@example.org" {
		t.Errorf("ada has %q", got)
	}
}

// What a survivor borrows again right before the contact is taken out it loses again, and
// is said to have lost: what is done is not refused (D2-5).
func TestBorrowedAgain(t *testing.T) {
	t.Parallel()
	for _, r := range []commands.Resolution{commands.Move, commands.LeaveOff} {
		for fault := range journaltest.Faults(5) {
			c := coupleOf(t)
			c.edit(t, c.ada, mail("lord@example.org"))
			h := c.beforeUnmerged(c.lord, func(m *journaltest.Mortal) {
				c.edit(t, c.ada, mail("ada@example.org"))
				c.edit(t, c.ada, mail("lord@example.org"))
				m.Fault = fault
				m.Fault.Append += m.Appends()
			})
			how := commands.Parting{Resolutions: map[string]commands.Resolution{"email": r}}
			first, err := h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, how)
			killed := errors.Is(err, journaltest.ErrKilled)
			if err != nil && !killed {
				t.Errorf("%s, killed %s: %v", r, fault, err)
			}
			c.clock.Add(120)
			h, _ = c.process(never)
			again, err := h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, how)
			if err != nil || !killed && fmt.Sprint(first) != fmt.Sprint(again) {
				t.Errorf("%s, killed %s: %+v and then %+v, %v", r, fault, first, again, err)
			}
			if r == commands.Move && !slices.Equal(again.Lost, []commands.Loss{{Contact: c.ada, Field: "email"}}) {
				t.Errorf("%s, killed %s: %+v was lost", r, fault, again.Lost)
			}
			told := c.sound(t, fmt.Sprintf("%s, killed %s", r, fault))
			ada, lord := told.Told(c.ada).Field("email"), told.Told(c.lord).Field("email")
			if has := map[bool]string{true: lord, false: ada}[r == commands.Move]; ada == lord || has != "lord@example.org" {
				t.Errorf("%s, killed %s: ada has %q and lord %q", r, fault, ada, lord)
			}
		}
	}
}

// A merge that cannot be taken back yet, because others are at it, keeps the way back open
// until it can.
func TestWayBackWaits(t *testing.T) {
	t.Parallel()
	c := crowdOf(t)
	h, m := c.process(never)
	inTheWay := &contended{Journal: m}
	h.Journal = &interrupted{inTheWay, 3, func() {
		if _, err := c.DeleteContact(t.Context(), by, c.room, c.kit); err != nil {
			t.Error(err)
		}
		inTheWay.from = contact.Unmerged{}.Kind()
	}}
	var refused *domain.Refusal
	if _, err := c.merge(t, h); err == nil || errors.As(err, &refused) {
		t.Errorf("it came to an end: %v", err)
	}
	c.clock.Add(120)
	h, _ = c.process(never)
	if _, err := c.merge(t, h); !errors.Is(err, contact.ErrDeleted) {
		t.Errorf("in the end: %v", err)
	}
	if ids, _ := c.merged(); len(ids) > 0 {
		t.Errorf("%v are merged", ids)
	}
}

// contended is a journal in which others are always first, from when on an event is of a
// kind.
type contended struct {
	commands.Journal
	from string
}

func (j *contended) Append(ctx context.Context, s domain.Stream, length uint64, by domain.By, events ...domain.Event) (domain.Position, error) {
	if events[0].Kind() == j.from {
		return 0, commands.ErrMovedOn
	}
	return j.Journal.Append(ctx, s, length, by, events...)
}
