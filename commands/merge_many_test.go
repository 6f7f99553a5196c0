package commands_test

import (
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

// crowd is a contact that is to absorb three others.
type crowd struct {
	*trio
	kit contact.ID
	cmd commands.MergeMany
}

func crowdOf(t *testing.T) *crowd {
	c := &crowd{trio: threeOf(t)}
	c.kit = c.contact(t, "kit@example.org")
	c.cmd = commands.MergeMany{Absorb: []contact.ID{c.lord, c.eve, c.kit}, Choices: map[contact.ID]map[string]contact.Choice{}}
	for _, id := range c.cmd.Absorb {
		c.cmd.Choices[id] = keeping.Choices
	}
	return c
}

func (c *crowd) merge(t *testing.T, h *commands.Handler) (contact.MergeID, error) {
	id, _, err := h.MergeMany(t.Context(), under("many"), c.room, c.ada, c.cmd)
	return id, err
}

// merged is who of the three is a part of ada, in the order of the merges, and by which batches.
func (c *crowd) merged() (ids []contact.ID, batches []contact.MergeID) {
	told, _ := families(c.journal, c.room.ID)
	for _, id := range told.Absorbed(c.ada) {
		ids, batches = append(ids, id), append(batches, told.Own(id).Merge.Batch)
	}
	return ids, slices.Compact(batches)
}

// D1-17: many merges are made in the order in which they were asked for, under one id,
// and asked for again under the same key they are made already.
func TestMergeMany(t *testing.T) {
	t.Parallel()
	c := crowdOf(t)
	id, err := c.merge(t, c.Handler)
	if err != nil {
		t.Fatal(err)
	}
	ids, batches := c.merged()
	if !slices.Equal(ids, c.cmd.Absorb) || !slices.Equal(batches, []contact.MergeID{id}) || id == "" {
		t.Errorf("merged %v in %v, want %v in %s", ids, batches, c.cmd.Absorb, id)
	}
	events := len(c.journal.All(0))
	if again, err := c.merge(t, c.Handler); again != id || err != nil || len(c.journal.All(0)) != events {
		t.Errorf("asked again: %s, %v, and %d events", again, err, len(c.journal.All(0))-events)
	}
	other := c.cmd
	other.Absorb = other.Absorb[:2]
	delete(other.Choices, c.kit)
	if _, _, err := c.MergeMany(t.Context(), domain.By{Actor: "ada", Key: "many", Ask: "another"}, c.room, c.ada, other); !errors.Is(err, commands.ErrKeyReused) {
		t.Errorf("something else under the same key: %v", err)
	}
}

// Between 2 and 50 contacts are merged at once, each once; what is refused says of which
// contact, and nothing is begun.
func TestMergeManyRefused(t *testing.T) {
	t.Parallel()
	c := crowdOf(t)
	lots := make([]contact.ID, 51)
	for i := range lots {
		lots[i] = contact.ID(fmt.Sprint(i))
	}
	before := len(c.journal.All(0))
	chosen := c.cmd.Choices
	for _, ask := range []struct {
		cmd      commands.MergeMany
		code, at string
	}{
		{commands.MergeMany{Absorb: c.cmd.Absorb[:1]}, "contacts_many", "/absorb"},
		{commands.MergeMany{Absorb: lots}, "contacts_many", "/absorb"},
		{commands.MergeMany{Absorb: []contact.ID{c.lord, c.eve, c.lord}}, "contacts_many", "/absorb"},
		{commands.MergeMany{Absorb: []contact.ID{c.lord, c.eve}, Choices: chosen}, "choices_unfit", "/choices"},
		{commands.MergeMany{Absorb: []contact.ID{c.lord, c.eve, c.ada}}, "choice_missing", "/choices/" + string(c.lord) + "/email"},
		{commands.MergeMany{Absorb: []contact.ID{c.lord, c.eve, "nobody"}, Choices: without(chosen, c.kit)}, "contact_unknown", "/absorb/2"},
		{commands.MergeMany{Absorb: []contact.ID{c.lord, c.ada}, Choices: without(chosen, c.kit, c.eve)}, "contact_is_itself", "/absorb/1"},
		{commands.MergeMany{Absorb: c.cmd.Absorb, Choices: chosen, Reason: "a\nb"}, "reason_invalid", "/reason"},
	} {
		_, _, err := c.MergeMany(t.Context(), under(ask.code), c.room, c.ada, ask.cmd)
		var refused *domain.Refusal
		if !errors.As(err, &refused) || refused.Code != ask.code || refused.At != ask.at {
			t.Errorf("got %+v, want %s at %s", err, ask.code, ask.at)
		}
	}
	if more := len(c.journal.All(0)) - before; more > 0 {
		t.Errorf("%d events were recorded", more)
	}
}

func without(chosen map[contact.ID]map[string]contact.Choice, gone ...contact.ID) map[contact.ID]map[string]contact.Choice {
	rest := map[contact.ID]map[string]contact.Choice{}
	for id, choices := range chosen {
		if !slices.Contains(gone, id) {
			rest[id] = choices
		}
	}
	return rest
}

// Wherever those who merge many are killed, and whoever goes on with it: all are merged,
// or none when one of them is refused; never some.
func TestMergeManyKilled(t *testing.T) {
	t.Parallel()
	for name, meddle := range map[string]func(c *crowd) error{
		"done": nil,
		"one is deleted meanwhile": func(c *crowd) error {
			return second(c.DeleteContact(t.Context(), by, c.room, c.kit))
		},
		"the survivor is merged away meanwhile": func(c *crowd) error {
			return third(c.MergeContacts(t.Context(), by, c.room, c.kit, c.ada, keeping))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for first := range journaltest.Faults(9) {
				for second := range journaltest.Faults(7) {
					c := crowdOf(t)
					h, mortal := c.process(first)
					if meddle != nil {
						h.Journal = &interrupted{mortal, 3, func() { // after the first of the merges
							if err := meddle(c); err != nil {
								t.Error(err)
							}
						}}
					}
					_, err := c.merge(t, h)
					c.clock.Add(120)
					key := process.ID(c.IDFor(under("many")))
					if err != nil {
						h, _ := c.process(second)
						_, _ = h.Resume(t.Context(), c.room.ID, key)
					}
					c.clock.Add(120)
					h, _ = c.process(journaltest.Fault{})
					if _, err := h.Resume(t.Context(), c.room.ID, key); err != nil && !errors.Is(err, process.ErrUnknown) {
						t.Fatalf("killed %s, then %s: %v", first, second, err)
					}
					id, err := c.merge(t, h)
					ids, batches := c.merged()
					switch {
					case err == nil && (!slices.Equal(ids, c.cmd.Absorb) || !slices.Equal(batches, []contact.MergeID{id})):
						t.Fatalf("killed %s, then %s: merged %v", first, second, ids)
					case err != nil && len(ids) > 0:
						t.Fatalf("killed %s, then %s: undone with %v left, after %v", first, second, ids, err)
					case meddle == nil && err != nil:
						t.Fatalf("killed %s, then %s: %v", first, second, err)
					}
					c.sound(t, fmt.Sprintf("killed %s, then %s", first, second))
				}
			}
		})
	}
}

// What the survivor was given of a contact meanwhile stays, and keeps the two together
// when all is taken back: no value has two owners.
func TestMergeManyBorrowed(t *testing.T) {
	t.Parallel()
	c := crowdOf(t)
	h, mortal := c.process(journaltest.Fault{})
	h.Journal = &interrupted{mortal, 3, func() {
		_, err := c.EditContact(t.Context(), by, c.room, c.ada, contact.Edit{Fields: map[string]string{"email": "lord@example.org"}})
		if err == nil {
			_, err = c.DeleteContact(t.Context(), by, c.room, c.kit)
		}
		if err != nil {
			t.Error(err)
		}
	}}
	if _, err := c.merge(t, h); !errors.Is(err, contact.ErrDeleted) {
		t.Errorf("got %v", err)
	}
	if ids, _ := c.merged(); !slices.Equal(ids, []contact.ID{c.lord}) {
		t.Errorf("%v are merged", ids)
	}
	c.sound(t, "borrowed")
}
