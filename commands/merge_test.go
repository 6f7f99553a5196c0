package commands_test

import (
	"context"
	"errors"
	"iter"
	"sync"
	"testing"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
)

func TestMergeAndUnmerge(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	ada, lord := h.contact(t, "ada@example.org"), h.contact(t, "lord@example.org")
	theirs := contact.Absorb{Choices: map[string]contact.Choice{"email": contact.Absorbeds}, Reason: "The same person."}
	id, at, err := h.MergeContacts(ctx, by, h.room, ada, lord, theirs)
	if err != nil {
		t.Fatal(err)
	}
	if same, again, err := h.MergeContacts(ctx, by, h.room, ada, lord, theirs); err != nil || again != at || same != id {
		t.Errorf("asked again: %s at %d, %v, want %s at %d (D1-4)", same, again, err, id, at)
	}
	if got := h.told(ada).Field("email"); got != "lord@example.org" {
		t.Errorf("the survivor's email is %q", got)
	}
	_, err = h.EditContact(ctx, by, h.room, lord, contact.Edit{Fields: map[string]string{"first_name": "George"}})
	var refused *domain.Refusal
	if !errors.As(err, &refused) || refused.Code != "contact_merged" || refused.Names["survivor"] != string(ada) {
		t.Errorf("an absorbed contact was edited: %v (D1-13)", err)
	}
	for range 2 { // the second time it is reversed already (D2-1)
		if _, err := h.UnmergeContact(ctx, by, h.room, lord, commands.Parting{}); err != nil {
			t.Fatal(err)
		}
	}
	if got := h.told(ada).Field("email"); got != "ada@example.org" {
		t.Errorf("after the unmerge the survivor's email is %q", got)
	}
}

// What a survivor took over of an absorbed contact's own is in the way of taking
// that one out, and the refusal says so (D2-5).
func TestUnmergeOfWhatWasTakenOver(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	ada, lord := h.contact(t, "ada@example.org"), h.contact(t, "lord@example.org")
	merge := func() {
		t.Helper()
		if _, _, err := h.MergeContacts(ctx, by, h.room, ada, lord, keeping); err != nil {
			t.Fatal(err)
		}
	}
	edit := func(email string) {
		t.Helper()
		if _, err := h.EditContact(ctx, by, h.room, ada, contact.Edit{Fields: map[string]string{"email": email}}); err != nil {
			t.Fatal(err)
		}
	}
	merge()
	edit("lord@example.org")
	_, err := h.UnmergeContact(ctx, by, h.room, lord, commands.Parting{})
	var refused *domain.Refusal
	if !errors.As(err, &refused) || refused.Code != "identifier_taken" || refused.Names["holder"] != string(ada) {
		t.Errorf("got %v", err)
	}
	edit("augusta@example.org")
	if _, err := h.UnmergeContact(ctx, by, h.room, lord, commands.Parting{}); err != nil {
		t.Error(err)
	}
	h.oneEach(t)

	merge()
	edit("lord@example.org")
	edit("ada@example.org")
	_, _, err = h.CreateContact(ctx, by, h.room, contact.Create{Fields: map[string]string{"email": "lord@example.org"}})
	if !errors.As(err, &refused) || refused.Names["holder"] != string(ada) {
		t.Errorf("what the absorbed one will have again was given away: %v", err)
	}
	if _, err := h.UnmergeContact(ctx, by, h.room, lord, commands.Parting{}); err != nil {
		t.Error(err)
	}
	h.oneEach(t)
}

// However edits of a survivor and unmerges fall together, no two contacts show the
// same address afterwards.
func TestBorrowWhileUnmerging(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for range 50 {
		h := build(t)
		ada, lord := h.contact(t, "ada@example.org"), h.contact(t, "lord@example.org")
		if _, _, err := h.MergeContacts(ctx, by, h.room, ada, lord, keeping); err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		for _, do := range []func() error{
			func() error {
				return second(h.EditContact(ctx, by, h.room, ada, contact.Edit{Fields: map[string]string{"email": "lord@example.org"}}))
			},
			func() error { return second(h.UnmergeContact(ctx, by, h.room, lord, commands.Parting{})) },
			func() error {
				return second(h.EditContact(ctx, by, h.room, ada, contact.Edit{Fields: map[string]string{"email": "lord@example.org"}}))
			},
		} {
			wait.Go(func() {
				var refused *domain.Refusal
				if err := do(); err != nil && !errors.As(err, &refused) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		h.oneEach(t)
	}
}

// An edit that borrows of a contact that comes apart at that very moment, and an
// unmerge of a contact that something is borrowed of at that very moment: what was
// borrowed is given back (D2-5).
func TestBorrowAtTheVeryMoment(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for _, editFirst := range []bool{true, false} {
		h := build(t)
		ada, lord := h.contact(t, "ada@example.org"), h.contact(t, "lord@example.org")
		if _, _, err := h.MergeContacts(ctx, by, h.room, ada, lord, keeping); err != nil {
			t.Fatal(err)
		}
		edit := func(h *commands.Handler, in commands.Room) error {
			return second(h.EditContact(ctx, by, in, ada, contact.Edit{Fields: map[string]string{"email": "lord@example.org"}}))
		}
		unmerge := func(h *commands.Handler, in commands.Room) error {
			return second(h.UnmergeContact(ctx, by, in, lord, commands.Parting{}))
		}
		asked, meanwhile := edit, unmerge
		if !editFirst {
			asked, meanwhile = unmerge, edit
		}
		slow := &commands.Handler{Now: h.Now, NewID: h.NewID, Hash: h.Hash, Journal: &meddling{h.journal, func() {
			if err := meanwhile(h.Handler, h.room); err != nil {
				t.Error(err)
			}
		}}}
		err := asked(slow, h.room)
		if editFirst && !errors.Is(err, identifier.ErrTaken) {
			t.Errorf("the edit was answered with %v", err)
		}
		if !editFirst && err != nil {
			t.Errorf("the unmerge was answered with %v", err)
		}
		h.oneEach(t)
		if got := h.told(lord).Field("email"); got != "lord@example.org" {
			t.Errorf("the absorbed one came back with %q", got)
		}
	}
}

// What is asked of a contact that went with its survivor is answered by that, and
// it cannot be merged again.
func TestAbsorbedGoesWithItsSurvivor(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	ada, lord, eve := h.contact(t, "ada@example.org"), h.contact(t, "lord@example.org"), h.contact(t, "eve@example.org")
	if _, _, err := h.MergeContacts(ctx, by, h.room, ada, lord, keeping); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.MergeContacts(ctx, by, h.room, ada, lord, contact.Absorb{Choices: map[string]contact.Choice{"email": contact.Neithers}}); !errors.Is(err, contact.ErrMerged) {
		t.Errorf("merged again with other choices: %v", err)
	}
	if _, err := h.DeleteContact(ctx, by, h.room, ada); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"edited":    second(h.EditContact(ctx, by, h.room, lord, contact.Edit{Tag: []string{"vip"}})),
		"deleted":   second(h.DeleteContact(ctx, by, h.room, lord)),
		"unmerged":  second(h.UnmergeContact(ctx, by, h.room, lord, commands.Parting{})),
		"merged":    third(h.MergeContacts(ctx, by, h.room, ada, lord, keeping)),
		"merged on": third(h.MergeContacts(ctx, by, h.room, eve, lord, keeping)),
	} {
		if !errors.Is(err, contact.ErrDeleted) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func third[S, T any](_ S, _ T, err error) error { return err }

// keeping is a merge in which the survivor keeps what names it.
var keeping = contact.Absorb{Choices: map[string]contact.Choice{"email": contact.Survivors, "external_id": contact.Survivors}}

// meddling is a journal in which something happens once, just before an append to
// a contact's history.
type meddling struct {
	commands.Journal
	before func()
}

func (m *meddling) Append(ctx context.Context, s domain.Stream, length uint64, by domain.By, events ...domain.Event) (domain.Position, error) {
	if before := m.before; before != nil && s.Category() == "contact" {
		m.before = nil
		before()
	}
	return m.Journal.Append(ctx, s, length, by, events...)
}

func (m *meddling) Read(ctx context.Context, s domain.Stream, from uint64) iter.Seq2[domain.Recorded, error] {
	return m.Journal.Read(ctx, s, from)
}

// A merge into a contact that is merged away, or deleted, at that very moment is
// taken back, and the refusal names the winner (D1-3).
func TestMergeIntoWhatGoesAway(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for name, meddle := range map[string]func(h *house, ada, lord, eve contact.ID) error{
		"merged the other way round": func(h *house, ada, lord, _ contact.ID) error {
			_, _, err := h.MergeContacts(ctx, by, h.room, lord, ada, keeping)
			return err
		},
		"merged into a third": func(h *house, ada, _, eve contact.ID) error {
			_, _, err := h.MergeContacts(ctx, by, h.room, eve, ada, keeping)
			return err
		},
		"deleted": func(h *house, ada, _, _ contact.ID) error {
			_, err := h.DeleteContact(ctx, by, h.room, ada)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := build(t)
			ada, lord, eve := h.contact(t, "ada@example.org"), h.contact(t, "lord@example.org"), h.contact(t, "eve@example.org")
			slow := &commands.Handler{Now: h.Now, NewID: h.NewID, Hash: h.Hash}
			slow.Journal = &meddling{h.journal, func() {
				if err := meddle(h, ada, lord, eve); err != nil {
					t.Error(err)
				}
			}}
			_, _, err := slow.MergeContacts(ctx, by, h.room, ada, lord, keeping)
			var refused *domain.Refusal
			if !errors.As(err, &refused) {
				t.Fatalf("got %v, want a refusal", err)
			}
			if h.told(lord).Standing() != nil {
				t.Errorf("%s does not stand: %v", lord, h.told(lord).Standing())
			}
			if _, err := h.EditContact(ctx, by, h.room, lord, contact.Edit{Fields: map[string]string{"first_name": "George"}}); err != nil {
				t.Errorf("%s cannot be edited: %v", lord, err)
			}
		})
	}
}

// Merges that cross leave no circle, and every id leads to one contact that
// stands, however they fall together.
func TestMergesCross(t *testing.T) {
	t.Parallel()
	for range 50 {
		h := build(t)
		ids := []contact.ID{h.contact(t, "ada@example.org"), h.contact(t, "lord@example.org"), h.contact(t, "eve@example.org")}
		var wait sync.WaitGroup
		for i := range ids {
			wait.Go(func() {
				_, _, err := h.MergeContacts(t.Context(), by, h.room, ids[(i+1)%3], ids[i], keeping)
				var refused *domain.Refusal
				if err != nil && !errors.As(err, &refused) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		var family contact.Family
		for _, r := range h.journal.All(0) {
			family.Tell(r)
		}
		for _, id := range ids {
			if root := family.Root(id); family.Own(root).Standing() != nil {
				t.Fatalf("%s leads to %s, which does not stand", id, root)
			}
		}
	}
}
