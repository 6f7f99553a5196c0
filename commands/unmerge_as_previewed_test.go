package commands_test

import (
	"errors"
	"slices"
	"testing"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// A token binds an unmerge too before which a survivor loses something: what changed
// before that is stale, what changed after it is said.
func TestMoveAsPreviewed(t *testing.T) {
	t.Parallel()
	for _, before := range []bool{true, false} {
		c := coupleOf(t)
		c.edit(t, c.ada, mail("lord@example.org"))
		p, err := c.PreviewUnmerge(t.Context(), c.room, c.lord, moving)
		if err != nil {
			t.Fatal(err)
		}
		how := moving
		how.Token = p.Token
		change := func() { c.edit(t, c.ada, contact.Edit{Tag: []string{"vip"}}) }
		var h *commands.Handler
		if before {
			var m *journaltest.Mortal
			h, m = c.process(never)
			h.Journal = &interruptedAt{m, func(_ domain.Stream, events []domain.Event) {
				if events[0].Kind() == "process.started" {
					change()
				}
			}}
		} else {
			h = c.beforeUnmerged(c.lord, func(*journaltest.Mortal) { change() })
		}
		for _, asked := range []string{"asked", "asked again"} {
			parted, err := h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, how)
			told := c.sound(t, asked)
			switch {
			case before && (!errors.Is(err, commands.ErrPreviewStale) || told.Root(c.lord) != c.ada || told.Own(c.ada).Field("email") != "lord@example.org"):
				t.Errorf("%s: %+v, %v, and ada has %q", asked, parted, err, told.Own(c.ada).Field("email"))
			case !before && (err != nil || !slices.Equal(parted.Changed, []contact.ID{c.ada}) || told.Root(c.lord) != c.lord):
				t.Errorf("%s: %+v, %v", asked, parted, err)
			}
		}
	}
}

// A token for a move goes on to bind when somebody else goes on with it, and what the
// move itself changed is no change.
func TestMoveAsPreviewedKilled(t *testing.T) {
	t.Parallel()
	for fault := range journaltest.Faults(8) {
		c := coupleOf(t)
		c.edit(t, c.ada, mail("lord@example.org"))
		p, err := c.PreviewUnmerge(t.Context(), c.room, c.lord, moving)
		if err != nil {
			t.Fatal(err)
		}
		how := moving
		how.Token = p.Token
		h, _ := c.process(fault)
		_, _ = h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, how)
		c.clock.Add(120)
		h, _ = c.process(never)
		parted, err := h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, how)
		if err != nil || len(parted.Changed)+len(parted.Lost) > 0 {
			t.Errorf("killed %s: %+v, %v", fault, parted, err)
		}
		c.edit(t, c.ada, contact.Edit{Tag: []string{"later"}})
		if again, err := h.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, how); err != nil || len(again.Changed) > 0 {
			t.Errorf("killed %s, and changed afterwards: %+v, %v", fault, again, err)
		}
		if told := c.sound(t, "killed "+fault.String()); told.Root(c.lord) != c.lord || told.Own(c.ada).Field("email") != "" {
			t.Errorf("killed %s: ada has %q", fault, told.Own(c.ada).Field("email"))
		}
	}
}

// A token is for one space: in another one, where all is called the same and has come to
// the same, it is the token of something else.
func TestTokenOfAnotherSpace(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.Hash = sum
	other, _, err := h.CreateSpace(t.Context(), by, space.Create{Organization: "engines", Name: "Works"})
	if err != nil {
		t.Fatal(err)
	}
	rooms := []commands.Room{h.room, {ID: other}}
	var tokens []string
	for i, room := range rooms {
		if rooms[i], err = h.Enter(t.Context(), inLab, room.ID, "look_around"); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"ada", "lord"} {
			if _, _, err := h.CreateContact(t.Context(), under(name), rooms[i], contact.Create{Tags: []string{name}}); err != nil {
				t.Fatal(err)
			}
		}
		p, err := h.PreviewMerge(t.Context(), rooms[i], contact.ID(h.IDFor(under("ada"))), contact.ID(h.IDFor(under("lord"))), contact.Absorb{})
		if err != nil || p.Token == "" {
			t.Fatalf("%q, %v", p.Token, err)
		}
		tokens = append(tokens, p.Token)
	}
	ada, lord := contact.ID(h.IDFor(under("ada"))), contact.ID(h.IDFor(under("lord")))
	if _, _, err := h.MergeAsPreviewed(t.Context(), by, rooms[1], ada, lord, contact.Absorb{}, tokens[0]); !errors.Is(err, commands.ErrPreviewDiffers) {
		t.Errorf("the other space's: %v", err)
	}
	if _, _, err := h.MergeAsPreviewed(t.Context(), by, rooms[1], ada, lord, contact.Absorb{}, tokens[1]); err != nil {
		t.Error(err)
	}
}
