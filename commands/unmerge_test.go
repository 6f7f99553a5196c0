package commands_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/identifier"
)

// couple is ada, into whom lord was merged, both known on a chat.
type couple struct {
	*trio
	hours int
}

func coupleOf(t *testing.T) *couple {
	c := &couple{trio: threeOf(t)}
	c.channel(t, "chat", "")
	c.link(t, c.ada, "ada")
	c.link(t, c.lord, "george")
	c.hears(t, "before", "george", c.lord)
	c.clock.Add(120)
	c.merge(t, c.ada, c.lord)
	return c
}

func (c *couple) link(t *testing.T, id contact.ID, as string) {
	t.Helper()
	edit := contact.Edit{Link: []contact.Identity{{Channel: "chat", Of: as}}}
	if _, err := c.EditContact(t.Context(), by, c.room, id, edit); err != nil {
		t.Fatal(err)
	}
}

// hears brings a message that is to reach somebody.
func (c *couple) hears(t *testing.T, message, from string, want contact.ID) {
	t.Helper()
	c.hours++
	m := commands.Inbound{Message: conversation.MessageID(message), Channel: "chat", Identity: from, At: c.Now().Add(time.Duration(c.hours) * time.Second)}
	if heard := c.house.hear(t, m); heard.Contact != want {
		t.Errorf("%s reached %s, want %s", message, heard.Contact, want)
	}
}

// whose is the contact whose own a message is now.
func (c *couple) whose(t *testing.T, message string) (owner contact.ID) {
	t.Helper()
	_, ids := families(c.journal, c.room.ID)
	for _, id := range ids {
		for n, err := range c.Showing.Noted(t.Context(), c.room.ID, id, 0) {
			if err != nil {
				t.Fatal(err)
			}
			if n.Ref == contact.Ref("message "+message) {
				if owner != "" {
					t.Errorf("%s is both %s's and %s's", message, owner, id)
				}
				owner = id
			}
		}
	}
	return owner
}

func (c *couple) owns(t *testing.T, owners map[string]contact.ID) {
	t.Helper()
	for message, want := range owners {
		if got := c.whose(t, message); got != want {
			t.Errorf("%s is %s's, want %s", message, got, want)
		}
	}
}

// What came before the merge is the absorbed one's again, what came since is the
// survivor's unless it is asked for; the next message reaches whom its identity is of
// (C2-75, C2-76, D2-3, D2-9).
func TestInteractionsAfterUnmerge(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]commands.Parting{
		"stay":        {},
		"by identity": {Interactions: commands.ByIdentity},
		"listed":      {Interactions: commands.AsListed, Listed: []contact.Ref{"message since a", "comment c"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := coupleOf(t)
			c.hears(t, "since a", "george", c.ada)
			c.hears(t, "since b", "george", c.ada)
			c.hears(t, "hers", "ada", c.ada)
			if _, _, err := c.Comment(t.Context(), by, c.room, c.ada, conversation.Comment{Comment: "c", Text: "A poet."}); err != nil {
				t.Fatal(err)
			}
			if _, err := c.UnmergeContact(t.Context(), by, c.room, c.lord, how); err != nil {
				t.Fatal(err)
			}
			want := map[string]contact.ID{"before": c.lord, "since a": c.ada, "since b": c.ada, "hers": c.ada}
			switch how.Interactions {
			case commands.ByIdentity:
				want["since a"], want["since b"] = c.lord, c.lord
			case commands.AsListed:
				want["since a"] = c.lord
			}
			c.owns(t, want)
			c.hears(t, "after", "george", c.lord)
			c.hears(t, "after too", "ada", c.ada)
		})
	}
}

// A list names what was noted since the merge, with those the contact is a part of.
func TestListedInteractions(t *testing.T) {
	t.Parallel()
	c := coupleOf(t)
	c.hears(t, "since", "ada", c.ada)
	for _, ref := range []contact.Ref{"message before", "message unheard", "comment since", ""} {
		_, err := c.UnmergeContact(t.Context(), by, c.room, c.lord, commands.Parting{Interactions: commands.AsListed, Listed: []contact.Ref{ref}})
		var refused *domain.Refusal
		if !errors.As(err, &refused) || refused.Code != "interaction_unknown" || refused.Names["interaction"] != string(ref) {
			t.Errorf("%q: %v", ref, err)
		}
	}
	if _, err := c.UnmergeContact(t.Context(), by, c.room, c.lord, commands.Parting{Interactions: "some"}); err == nil {
		t.Error("some of them go along")
	}
	if c.told(c.lord).Merge.Into == "" {
		t.Error("it was taken out all the same")
	}
}

// An identity that had been the survivor's before gives back only what it carried since.
func TestIdentityThatChangedHands(t *testing.T) {
	t.Parallel()
	c := coupleOf(t)
	c.link(t, c.eve, "kit")
	c.hears(t, "eve's", "kit", c.eve)
	unlink := contact.Edit{Unlink: []contact.Identity{{Channel: "chat", Of: "kit"}}}
	if _, err := c.EditContact(t.Context(), by, c.room, c.eve, unlink); err != nil {
		t.Fatal(err)
	}
	kit := c.contact(t, "kit@example.org")
	c.link(t, kit, "kit")
	c.merge(t, c.eve, kit)
	c.hears(t, "kit's", "kit", c.eve)
	if _, err := c.UnmergeContact(t.Context(), by, c.room, kit, commands.Parting{Interactions: commands.ByIdentity}); err != nil {
		t.Fatal(err)
	}
	c.owns(t, map[string]contact.ID{"eve's": c.eve, "kit's": kit})
	if eve, kit := c.told(c.eve), c.told(kit); !eve.LastInteraction.Before(kit.LastInteraction) || eve.LastInteraction.IsZero() {
		t.Errorf("eve was in touch last at %v, kit at %v", eve.LastInteraction, kit.LastInteraction)
	}
}

// With its tree a contact takes along what that absorbed; alone it leaves it to whoever
// holds the contact now (D2-2).
func TestTreeOrAlone(t *testing.T) {
	t.Parallel()
	for _, alone := range []bool{false, true} {
		c := coupleOf(t)
		kit, joe := c.contact(t, "kit@example.org"), c.contact(t, "joe@example.org")
		c.unmerge(t, c.lord)
		c.link(t, kit, "kit")
		c.merge(t, c.lord, kit)
		c.merge(t, c.ada, c.lord)
		c.merge(t, joe, c.ada)
		c.hears(t, "kit's", "kit", joe)
		if _, err := c.UnmergeContact(t.Context(), by, c.room, c.lord, commands.Parting{Alone: alone, Interactions: commands.ByIdentity}); err != nil {
			t.Fatal(err)
		}
		want := map[bool]contact.ID{true: joe, false: c.lord}[alone]
		told, _ := families(c.journal, c.room.ID)
		if got := told.Root(kit); got != want {
			t.Errorf("alone %t: kit is a part of %s, want %s", alone, got, want)
		}
		c.owns(t, map[string]contact.ID{"kit's": want})
		c.hears(t, "kit's next", "kit", want)
		c.unmerge(t, kit)
		c.hears(t, "kit's last", "kit", kit)
		c.sound(t, fmt.Sprintf("alone %t", alone))
	}
}

// Asked twice it is so already; of what was never there or never merged there is nothing
// to undo (D2-1).
func TestAlreadyReversed(t *testing.T) {
	t.Parallel()
	c := coupleOf(t)
	first, err := c.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, commands.Parting{})
	if err != nil || first.AlreadyReversed {
		t.Fatal(first, err)
	}
	if again, err := c.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, commands.Parting{}); err != nil || again.AlreadyReversed || again.At != first.At {
		t.Errorf("under the same key: %+v, %v, want %+v", again, err, first)
	}
	if again, err := c.UnmergeContact(t.Context(), by, c.room, c.lord, commands.Parting{}); err != nil || !again.AlreadyReversed {
		t.Errorf("asked anew: %+v, %v", again, err)
	}
	for id, code := range map[contact.ID]string{"nobody": "contact_unknown", c.eve: "contact_not_merged"} {
		_, err := c.UnmergeContact(t.Context(), by, c.room, id, commands.Parting{})
		var refused *domain.Refusal
		if !errors.As(err, &refused) || refused.Code != code {
			t.Errorf("%s: %v", id, err)
		}
	}
	if distinct, err := c.Distinct(t.Context(), c.room, c.ada, c.lord); err != nil || !distinct {
		t.Errorf("the two are not known to be two: %v (D2-13)", err)
	}
	c.merge(t, c.ada, c.lord)
	if _, err := c.UnmergeContact(t.Context(), by, c.room, c.lord, commands.Parting{Undecided: true}); err != nil {
		t.Fatal(err)
	}
}

// A value that two contacts would have is left off or moved, as is said; without that the
// unmerge is refused, naming it and its holder (D2-5).
func TestResolutions(t *testing.T) {
	t.Parallel()
	for _, r := range []commands.Resolution{"", "cancel", commands.LeaveOff, commands.Move} {
		t.Run(string(r), func(t *testing.T) {
			t.Parallel()
			c := coupleOf(t)
			lords := contact.Edit{Fields: map[string]string{"email": "lord@example.org"}, Link: []contact.Identity{{Channel: "chat", Of: "george"}}}
			if _, err := c.EditContact(t.Context(), by, c.room, c.ada, lords); err != nil {
				t.Fatal(err)
			}
			how := commands.Parting{}
			if r != "" {
				how.Resolutions = map[string]commands.Resolution{"email": r, "@chat:george": r}
			}
			_, err := c.UnmergeContact(t.Context(), under("undo"), c.room, c.lord, how)
			ada, lord := c.told(c.ada), c.told(c.lord)
			switch r {
			case commands.LeaveOff:
				if err != nil || ada.Field("email") != "lord@example.org" || lord.Field("email") != "" {
					t.Errorf("%v: ada has %s and lord %s", err, ada.Field("email"), lord.Field("email"))
				}
				c.hears(t, "next", "george", c.ada)
			case commands.Move:
				if err != nil || ada.Field("email") != "" || lord.Field("email") != "lord@example.org" {
					t.Errorf("%v: ada has %s and lord %s", err, ada.Field("email"), lord.Field("email"))
				}
				c.hears(t, "next", "george", c.lord)
			default:
				var refused *domain.Refusal
				if !errors.As(err, &refused) || refused.At != "/resolutions/email" || refused.Names["field"] != "email" || (r == "") != errors.Is(err, identifier.ErrTaken) || r == "" && refused.Names["holder"] != string(c.ada) {
					t.Errorf("got %+v", err)
				}
				if lord.Merge.Into == "" {
					t.Error("it was taken out all the same")
				}
				return
			}
			c.oneEach(t)
			for email, want := range map[string]contact.ID{"lord@example.org": map[commands.Resolution]contact.ID{commands.LeaveOff: c.ada, commands.Move: c.lord}[r]} {
				_, _, err := c.CreateContact(t.Context(), by, c.room, contact.Create{Fields: map[string]string{"email": email}})
				var refused *domain.Refusal
				if !errors.As(err, &refused) || refused.Names["holder"] != string(want) {
					t.Errorf("%s names another one than %s: %v", email, want, err)
				}
			}
			c.merge(t, c.ada, c.lord)
			c.unmerge(t, c.lord) // nothing is in the way any more
			c.oneEach(t)
		})
	}
}
