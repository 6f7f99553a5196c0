package commands_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/organization"
	"skein/domain/space"
)

// A preview commits to exactly what it showed: it differs if something else is asked, and
// is stale once anybody's history has moved on, but not by messages.
func TestUnmergeAsPreviewed(t *testing.T) {
	t.Parallel()
	c := coupleOf(t)
	how := commands.Parting{Interactions: commands.ByIdentity, Reason: "Two people."}
	preview := func() commands.Parting {
		t.Helper()
		p, err := c.PreviewUnmerge(t.Context(), c.room, c.lord, how)
		if err != nil || p.Token == "" {
			t.Fatal(p.Token, err)
		}
		with := how
		with.Token = p.Token
		return with
	}
	code := func(how commands.Parting) string {
		_, err := c.UnmergeContact(t.Context(), by, c.room, c.lord, how)
		var refused *domain.Refusal
		if errors.As(err, &refused) {
			return refused.Code
		}
		return fmt.Sprint(err)
	}
	other := preview()
	other.Alone = true
	if got := code(other); got != "preview_differs" {
		t.Errorf("alone: %s", got)
	}
	forged := preview()
	forged.Token = "x" + forged.Token
	if got := code(forged); got != "preview_differs" {
		t.Errorf("forged: %s", got)
	}
	stale := preview()
	if _, err := c.EditContact(t.Context(), by, c.room, c.ada, contact.Edit{Tag: []string{"vip"}}); err != nil {
		t.Fatal(err)
	}
	if got := code(stale); got != "preview_stale" {
		t.Errorf("edited: %s", got)
	}
	stale = preview()
	c.merge(t, c.ada, c.eve)
	if got := code(stale); got != "preview_stale" {
		t.Errorf("another one joined: %s", got)
	}
	good := preview()
	c.hears(t, "since", "george", c.ada)
	good.Reason = "Two poets."
	if got := code(good); got != "<nil>" {
		t.Errorf("as previewed: %s", got)
	}
	c.owns(t, map[string]contact.ID{"since": c.lord})
	if _, err := c.PreviewUnmerge(t.Context(), c.room, c.lord, how); err == nil {
		t.Error("what is apart is previewed")
	}
}

// What slips in between the token was found good and the commit is said.
func TestChangedMeanwhile(t *testing.T) {
	t.Parallel()
	c := coupleOf(t)
	p, err := c.PreviewUnmerge(t.Context(), c.room, c.lord, commands.Parting{})
	if err != nil {
		t.Fatal(err)
	}
	slow := *c.pairing
	h, mortal := slow.process(never)
	h.Journal = &meddling{mortal, func() {
		if _, err := c.EditContact(t.Context(), by, c.room, c.ada, contact.Edit{Tag: []string{"vip"}}); err != nil {
			t.Error(err)
		}
	}}
	parted, err := h.UnmergeContact(t.Context(), by, c.room, c.lord, commands.Parting{Token: p.Token})
	if err != nil || !slices.Equal(parted.Changed, []contact.ID{c.ada}) {
		t.Errorf("%+v, %v", parted, err)
	}
}

// A preview shows every consequence (C2-74, D2-3 to D2-7).
func TestPreviewUnmerge(t *testing.T) {
	t.Parallel()
	c := coupleOf(t)
	c.hears(t, "since a", "george", c.ada)
	c.hears(t, "since b", "george", c.ada)
	c.hears(t, "hers", "ada", c.ada)
	for id, edit := range map[contact.ID]contact.Edit{
		c.ada: {Fields: map[string]string{"email": "lord@example.org", "assignee": "gone"}},
	} {
		if _, err := c.EditContact(t.Context(), by, c.room, id, edit); err != nil {
			t.Fatal(err)
		}
	}
	p, err := c.PreviewUnmerge(t.Context(), c.room, c.lord, commands.Parting{Interactions: commands.ByIdentity})
	if err != nil {
		t.Fatal(err)
	}
	carried := func(from string, count, goes int) commands.Carried {
		return commands.Carried{Noted: c.ada, Identity: contact.Identity{Channel: "chat", Of: from}, Count: count, Goes: goes}
	}
	if want := []commands.Carried{carried("ada", 1, 0), carried("george", 2, 2)}; !slices.Equal(p.Carried, want) {
		t.Errorf("carried %+v, want %+v", p.Carried, want)
	}
	if len(p.Collisions) != 1 || p.Collisions[0].Field != "email" || p.Collisions[0].Holder != c.ada || !slices.Equal(p.Collisions[0].Offers(), []commands.Resolution{commands.LeaveOff, commands.Move}) || p.Token != "" {
		t.Errorf("collisions %+v, token %q", p.Collisions, p.Token)
	}
	if p.ID != c.ada || p.Absorbed.Field("email") != "lord@example.org" || !slices.Equal(p.Closed, []string{"chat"}) || len(p.Reopens) > 0 || p.Limited || p.Assignee != "" {
		t.Errorf("%+v", p)
	}
	resolved := commands.Parting{Resolutions: map[string]commands.Resolution{"email": commands.Move}}
	if p, err = c.PreviewUnmerge(t.Context(), c.room, c.lord, resolved); err != nil || p.Token == "" || p.Survivor.Field("email") != "" {
		t.Errorf("%+v, %v", p, err)
	}
	resolved.Token = p.Token
	if _, err := c.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, resolved); err != nil {
		t.Error(err)
	}
	events := len(c.journal.All(0))
	if _, err := c.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, resolved); err != nil || len(c.journal.All(0)) != events {
		t.Errorf("asked again: %v", err)
	}
}

// Of a contact that comes back with an assignee who is gone there is notice, and that it
// is let in though the space is full (D2-6, D2-7).
func TestPreviewNotices(t *testing.T) {
	t.Parallel()
	c := coupleOf(t)
	c.unmerge(t, c.lord)
	if _, err := c.EditContact(t.Context(), by, c.room, c.lord, contact.Edit{Fields: map[string]string{"assignee": "kit"}}); err != nil {
		t.Fatal(err)
	}
	c.merge(t, c.ada, c.lord)
	c.whiteLabel(t, true)
	c.limit(t, 1)
	for _, gone := range []bool{true, false} {
		p, err := c.PreviewUnmerge(t.Context(), c.room, c.lord, commands.Parting{})
		if err != nil || (p.Assignee == "kit") != gone || !p.Limited {
			t.Errorf("%q is gone, limited %t, %v", p.Assignee, p.Limited, err)
		}
		if _, err := c.Organization(t.Context(), by, "engines", organization.Join{User: "kit", Role: organization.Plain}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Space(t.Context(), by, c.room, space.Assign{User: "kit", Role: space.Agent}); err != nil {
			t.Fatal(err)
		}
		if c.room, err = c.Enter(t.Context(), inLab, c.room.ID, "look_around"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.UnmergeContact(t.Context(), by, c.room, c.lord, commands.Parting{}); err != nil {
		t.Error(err)
	}
}
