package commands_test

import (
	"errors"
	"slices"
	"testing"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
)

// Sent again after those it was about became one, or two, nobody is tagged for the second
// time, nor told otherwise: it was done, to whoever it was done to.
func TestTagContactsAgain(t *testing.T) {
	t.Parallel()
	merge := func(on *trio) error {
		return third(on.MergeContacts(t.Context(), by, on.room, on.ada, on.lord, keeping))
	}
	part := func(on *trio) error {
		_, err := on.UnmergeContact(t.Context(), by, on.room, on.lord, commands.Parting{})
		return err
	}
	further := func(on *trio) error {
		return third(on.MergeContacts(t.Context(), by, on.room, on.eve, on.ada, keeping))
	}
	never := func(*trio) error { return nil }
	for name, between := range map[string][2]func(*trio) error{
		"absorbed": {never, merge}, "taken out": {merge, part}, "absorbed further": {merge, further},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			on := threeOf(t)
			send := func() (row commands.Tagged, at domain.Position) {
				at, err := on.TagContacts(t.Context(), under("k"), on.room, commands.TagMany{Contacts: []contact.ID{on.lord}, Tag: []string{"vip"}}, func(done commands.Tagged) { row = done })
				if err != nil {
					t.Fatal(err)
				}
				return row, at
			}
			if err := between[0](on); err != nil {
				t.Fatal(err)
			}
			first, was := send()
			if err := between[1](on); err != nil {
				t.Fatal(err)
			}
			for _, id := range []contact.ID{on.ada, on.eve, on.lord} { // whoever stands does not have it any more
				_, _ = on.EditContact(t.Context(), by, on.room, id, contact.Edit{Untag: []string{"vip"}})
			}
			events := len(on.journal.All(0))
			if again, at := send(); !same(first, again) || at != was || len(on.journal.All(0)) != events {
				t.Errorf("told as %+v at %d, and then as %+v at %d", first, was, again, at)
			}
		})
	}
}

// Who is absorbed at this very moment is tagged as a part of the survivor.
func TestTagContactsWhileMerged(t *testing.T) {
	t.Parallel()
	on := threeOf(t)
	on.Journal = &meddling{on.journal, func() {
		other, _ := on.process(journaltest.Fault{})
		if _, _, err := other.MergeContacts(t.Context(), by, on.room, on.ada, on.lord, keeping); err != nil {
			t.Error(err)
		}
	}}
	_, err := on.TagContacts(t.Context(), by, on.room, commands.TagMany{Contacts: []contact.ID{on.lord}, Tag: []string{"vip"}}, func(done commands.Tagged) {
		if done.Outcome != commands.TagChanged || done.Survivor != on.ada {
			t.Errorf("%+v", done)
		}
	})
	if tags := on.told(on.ada).Tags(); !slices.Equal(tags, []string{"vip"}) || err != nil {
		t.Fatalf("%v: %v", tags, err)
	}
}

// Killed wherever it may be and sent again under its key, it is done once for each
// contact, and those that were changed before are so told.
func TestTagContactsKilled(t *testing.T) {
	t.Parallel()
	for fault := range journaltest.Faults(3) {
		t.Run(fault.String(), func(t *testing.T) {
			t.Parallel()
			on := threeOf(t)
			cmd := commands.TagMany{Contacts: []contact.ID{on.ada, on.lord, on.eve}, Tag: []string{"vip"}}
			first, _ := on.process(fault)
			_, err := first.TagContacts(t.Context(), under("k"), on.room, cmd, func(commands.Tagged) {})
			if (fault.Append > 0) != errors.Is(err, journaltest.ErrKilled) {
				t.Fatalf("it ended with %v", err)
			}
			second, _ := on.process(journaltest.Fault{})
			rows := 0
			at, err := second.TagContacts(t.Context(), under("k"), on.room, cmd, func(done commands.Tagged) {
				if rows++; done.Outcome != commands.TagChanged {
					t.Errorf("%+v", done)
				}
			})
			tagged := 0
			for _, r := range on.journal.All(0) {
				if _, is := r.Event.(contact.Edited); is {
					tagged++
				}
			}
			if last := on.journal.All(0); err != nil || rows != 3 || tagged != 3 || at != last[len(last)-1].Position {
				t.Errorf("told of %d, tagged %d at %d: %v", rows, tagged, at, err)
			}
		})
	}
}

// What cannot be asked of anybody is refused before anything is done, and so is
// something else under a key that was used for one of the contacts.
func TestTagContactsRefused(t *testing.T) {
	t.Parallel()
	h := build(t)
	ada, eve := h.contact(t, "ada@example.org"), h.contact(t, "eve@example.org")
	ask := func(by domain.By, cmd commands.TagMany) error {
		_, err := h.TagContacts(t.Context(), by, h.room, cmd, func(commands.Tagged) {})
		return err
	}
	if err := ask(under("k"), commands.TagMany{Contacts: []contact.ID{eve}, Tag: []string{"vip"}}); err != nil {
		t.Fatal(err)
	}
	many := make([]contact.ID, 1001)
	for i := range many {
		many[i] = contact.ID(rune('a' + i))
	}
	before := len(h.journal.All(0))
	for _, c := range []struct {
		by       domain.By
		cmd      commands.TagMany
		code, at string
	}{
		{by, commands.TagMany{Tag: []string{"vip"}}, "contacts_many", "/contacts"},
		{by, commands.TagMany{Contacts: many, Tag: []string{"vip"}}, "contacts_many", "/contacts"},
		{by, commands.TagMany{Contacts: []contact.ID{ada}}, "tags_many", "/tag"},
		{by, commands.TagMany{Contacts: []contact.ID{ada}, Untag: []string{""}}, "tag_invalid", "/untag"},
		{domain.By{Actor: "ada", Key: "k", Ask: "other"}, commands.TagMany{Contacts: []contact.ID{ada, eve}, Tag: []string{"new"}}, "idempotency_key_reused", ""},
	} {
		var refused *domain.Refusal
		if err := ask(c.by, c.cmd); !errors.As(err, &refused) || refused.Code != c.code || refused.At != c.at {
			t.Errorf("%+v: %v", c.cmd.Tag, err)
		}
	}
	if after := len(h.journal.All(0)); after != before {
		t.Errorf("%d events were recorded", after-before)
	}
}
