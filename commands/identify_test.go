package commands_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
	"skein/domain/space"
)

func (h *house) autoMerge(t *testing.T) {
	t.Helper()
	if _, err := h.Space(t.Context(), by, h.room, space.SetAutoMerge{On: true}); err != nil {
		t.Fatal(err)
	}
}

func known(fields ...string) commands.Identify {
	cmd := commands.Identify{Fields: map[string]string{}}
	for i := 0; i < len(fields); i += 2 {
		cmd.Fields[fields[i]] = fields[i+1]
	}
	return cmd
}

// Nobody known is added, one who is known is changed, and two are refused with the
// merge that would make them one (C1-21). What a part of a contact is found by stays
// that part's.
func TestIdentify(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	h.channel(t, "chat", "")
	ask := func(cmd commands.Identify) commands.Identified {
		t.Helper()
		done, err := h.IdentifyContact(ctx, by, h.room, cmd)
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	first := ask(known("email", "ada@example.org", "first_name", "Ada"))
	ada := first.Contact
	if !first.Created || h.told(ada).Name() != "Ada" {
		t.Errorf("first %+v", first)
	}
	next := known("email", "ADA@example.org", "external_id", "A-1815", "last_name", "Lovelace")
	next.Tags, next.Identities = []string{"vip"}, []contact.Identity{{Channel: "chat", Of: "ada"}}
	if done := ask(next); done.Created || done.Contact != ada {
		t.Errorf("then %+v", done)
	}
	if c := h.told(ada); c.Name() != "Ada Lovelace" || c.Field("external_id") != "A-1815" || len(c.Tags()) != 1 || len(c.Identities()) != 1 {
		t.Errorf("she is %+v", c)
	}
	if done := ask(commands.Identify{Identities: []contact.Identity{{Channel: "chat", Of: "ada"}}, Fields: map[string]string{"country": "UK"}}); done.Contact != ada || h.told(ada).Field("country") != "UK" {
		t.Errorf("by her identity %+v", done)
	}
	eve := h.contact(t, "eve@example.org")
	var two *domain.Refusal
	before := len(h.journal.All(0))
	if _, err := h.IdentifyContact(ctx, by, h.room, known("email", "eve@example.org", "external_id", "A-1815")); !errors.As(err, &two) ||
		!errors.Is(err, commands.ErrTwo) || two.Names["survivor"] != string(ada) || two.Names["absorb"] != string(eve) {
		t.Errorf("two: %v", err)
	}
	if _, err := h.IdentifyContact(ctx, by, h.room, known("first_name", "Ada")); !errors.Is(err, domain.Refuse(0, "identifier_missing", "")) {
		t.Errorf("nobody: %v", err)
	}
	if len(h.journal.All(0)) != before {
		t.Error("what was refused was recorded")
	}
	h.merge(t, ada, eve)
	if done := ask(known("email", "eve@example.org", "country", "FR")); done.Contact != ada || h.told(ada).Field("email") != "ada@example.org" {
		t.Errorf("by a part of her %+v, %+v", done, h.told(ada))
	}
	h.unmerge(t, eve)
	if c := h.told(eve); c.Field("email") != "eve@example.org" {
		t.Errorf("eve is %+v", c)
	}
}

// Where the space merges by itself, two become one only if each value names one of
// them, the other has none of that kind, and nobody knows them to be two (C1-21,
// D1-20). The identified one survives the anonymous one (D1-10).
func TestAutoMerge(t *testing.T) {
	t.Parallel()
	create := func(fields ...string) commands.Identify { return known(fields...) }
	for name, c := range map[string]struct {
		ada, eve commands.Identify
		distinct bool
		survivor string // none: refused
	}{
		"narrow":             {ada: create("email", "us@example.org"), eve: create("external_id", "E"), survivor: "eve"},
		"older by nothing":   {ada: create("external_id", "E"), eve: create("email", "us@example.org"), survivor: "ada"},
		"has another email":  {ada: create("email", "us@example.org"), eve: create("external_id", "E", "email", "eve@example.org")},
		"has another id":     {ada: create("email", "us@example.org", "external_id", "A"), eve: create("external_id", "E")},
		"judged distinct":    {ada: create("email", "us@example.org"), eve: create("external_id", "E"), distinct: true},
		"has something else": {ada: create("email", "us@example.org", "phone", "+4930123456"), eve: create("external_id", "E", "phone", "+4930123457"), survivor: "eve"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			h := build(t)
			ids := map[string]contact.ID{}
			for who, cmd := range map[string]commands.Identify{"ada": c.ada, "eve": c.eve} {
				done, err := h.IdentifyContact(ctx, by, h.room, cmd)
				if err != nil {
					t.Fatal(err)
				}
				ids[who] = done.Contact
			}
			if c.distinct {
				if _, err := h.JudgeDistinct(ctx, by, h.room, ids["ada"], ids["eve"]); err != nil {
					t.Fatal(err)
				}
			}
			cmd := known("email", "us@example.org", "external_id", "E", "first_name", "One")
			if _, err := h.IdentifyContact(ctx, by, h.room, cmd); !errors.Is(err, commands.ErrTwo) {
				t.Errorf("though the space does not merge by itself: %v", err)
			}
			h.autoMerge(t)
			done, err := h.IdentifyContact(ctx, by, h.room, cmd)
			if c.survivor == "" {
				if !errors.Is(err, commands.ErrTwo) || done.Merged != "" || h.told(ids["ada"]).Standing() != nil || h.told(ids["eve"]).Standing() != nil {
					t.Errorf("merged: %+v, %v", done, err)
				}
				return
			}
			survivor := ids[c.survivor]
			one := h.told(survivor)
			if err != nil || done.Contact != survivor || done.Merged == "" || h.told(done.Absorbed).Standing() == nil ||
				one.Field("email") != "us@example.org" || one.Field("external_id") != "E" || one.Name() != "One" {
				t.Errorf("%+v, %v: %+v", done, err, one)
			}
			h.unmerge(t, done.Absorbed)
			if _, err := h.IdentifyContact(ctx, by, h.room, known("email", "us@example.org", "external_id", "E")); !errors.Is(err, commands.ErrTwo) {
				t.Errorf("taken out, and merged again (D2-13): %v", err)
			}
		})
	}
}

// Whoever has another identity on the same channel is somebody else, as far as the
// narrow rule knows (C1-21).
func TestAutoMergeOfIdentities(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.autoMerge(t)
	chat := func(of string) []contact.Identity { return []contact.Identity{{Channel: "chat", Of: of}} }
	h.channel(t, "chat", "")
	ada, kit := h.hear(t, commands.Inbound{Channel: "chat", Identity: "ada"}).Contact, h.hear(t, commands.Inbound{Channel: "chat", Identity: "kit"}).Contact
	if _, err := h.EditContact(t.Context(), by, h.room, kit, contact.Edit{Fields: map[string]string{"external_id": "K"}}); err != nil {
		t.Fatal(err)
	}
	eve, err := h.create(t, "", "E")
	if err != nil {
		t.Fatal(err)
	}
	cmd := known("external_id", "K")
	cmd.Identities = chat("ada")
	if _, err := h.IdentifyContact(t.Context(), by, h.room, cmd); !errors.Is(err, commands.ErrTwo) || h.told(ada).Standing() != nil {
		t.Errorf("merged with kit: %v", err)
	}
	cmd.Fields["external_id"] = "E"
	if done, err := h.IdentifyContact(t.Context(), by, h.room, cmd); err != nil || done.Contact != eve || done.Absorbed != ada {
		t.Errorf("with eve: %+v, %v", done, err)
	}
}

// Of many who identify somebody new at once one adds the contact, which all the others
// find.
func TestIdentifyAtOnce(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.Now, h.journal.Now = time.Now, nil
	var all sync.WaitGroup
	found := make(chan commands.Identified, 24)
	for n := range cap(found) {
		all.Go(func() {
			cmd := known("email", "ada@example.org", "external_id", "A", "country", fmt.Sprint(n))
			for {
				done, err := h.IdentifyContact(t.Context(), by, h.room, cmd)
				if errors.Is(err, identifier.ErrPending) || errors.Is(err, commands.ErrBusy) {
					continue
				}
				if err != nil {
					t.Error(err)
				}
				found <- done
				return
			}
		})
	}
	all.Wait()
	close(found)
	made := 0
	var ids []contact.ID
	for done := range found {
		if done.Created {
			made++
		}
		ids = append(ids, done.Contact)
	}
	slices.Sort(ids)
	if made != 1 || len(slices.Compact(ids)) != 1 {
		t.Errorf("%d were added: %v", made, slices.Compact(ids))
	}
}

// Killed anywhere and asked again under its key, an identification does all it was to do
// once, and is answered alike.
func TestIdentifyKilled(t *testing.T) {
	t.Parallel()
	for _, two := range []bool{false, true} {
		for fault := range journaltest.Faults(8) {
			h := build(t)
			h.Hash = sum
			h.autoMerge(t)
			if two {
				for _, cmd := range []commands.Identify{known("email", "us@example.org"), known("external_id", "E")} {
					if _, err := h.IdentifyContact(t.Context(), by, h.room, cmd); err != nil {
						t.Fatal(err)
					}
				}
			}
			cmd := known("email", "us@example.org", "external_id", "E", "first_name", "One")
			mortal, _ := h.process(fault)
			_, _ = mortal.IdentifyContact(t.Context(), keyed, h.room, cmd)
			h.clock.Add(120)
			fresh, _ := h.process(journaltest.Fault{})
			first, err := fresh.IdentifyContact(t.Context(), keyed, h.room, cmd)
			if err != nil {
				t.Fatalf("killed %s: %v", fault, err)
			}
			if again, err := fresh.IdentifyContact(t.Context(), keyed, h.room, cmd); err != nil || again != first {
				t.Errorf("killed %s: answered %+v, and then %+v, %v", fault, first, again, err)
			}
			one := h.told(first.Contact)
			if standing(h.journal, h.room.ID) != 1 || one.Field("email") != "us@example.org" || one.Field("external_id") != "E" || one.Name() != "One" || (first.Merged != "") != two || first.Created == two {
				t.Errorf("killed %s: %+v is %+v", fault, first, one)
			}
			if twice := h.twice(h.room.ID, space.DefaultUnique); twice != "" {
				t.Errorf("killed %s: %s", fault, twice)
			}
		}
	}
}

// process is a process of its own on the house's journal, that is killed at some time.
func (h *house) process(f journaltest.Fault) (*commands.Handler, *journaltest.Mortal) {
	m := &journaltest.Mortal{Journal: h.journal, Fault: f}
	return &commands.Handler{Journal: m, Now: h.Now, NewID: h.NewID, Hash: h.Hash, Gate: h.Gate, Showing: h.Showing}, m
}
