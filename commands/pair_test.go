package commands_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	verdict "skein/domain/pair"
	"skein/domain/space"
)

// Two contacts are known to be distinct once somebody said so or took them apart,
// whichever is named first, until somebody thinks better of it (D1-20, D2-13).
func TestDistinct(t *testing.T) {
	t.Parallel()
	h := build(t)
	ctx, room := t.Context(), h.room
	born := func(name string) contact.ID {
		id, _, err := h.CreateContact(ctx, by, room, contact.Create{Fields: map[string]string{"first_name": name}})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	ada, eve, kit := born("Ada"), born("Eve"), born("Kit")
	cycle := func(survivor, absorbed contact.ID, how commands.Parting) {
		t.Helper()
		if _, _, err := h.MergeContacts(ctx, by, room, survivor, absorbed, contact.Absorb{}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.UnmergeContact(ctx, by, room, absorbed, how); err != nil {
			t.Fatal(err)
		}
	}
	distinct := func(want bool, after string) {
		t.Helper()
		for _, two := range [][2]contact.ID{{ada, eve}, {eve, ada}} {
			if got, err := h.Distinct(ctx, room, two[0], two[1]); err != nil || got != want {
				t.Errorf("after %s they are distinct: %v, %v", after, got, err)
			}
		}
	}
	done := func(_ domain.Position, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	distinct(false, "nothing")
	done(h.JudgeDistinct(ctx, by, room, eve, ada))
	distinct(true, "a verdict")
	done(h.Reconsider(ctx, by, room, ada, eve))
	distinct(false, "another thought")
	cycle(ada, eve, commands.Parting{Undecided: true})
	distinct(false, "an unmerge that left it open")
	cycle(ada, eve, commands.Parting{})
	distinct(true, "an unmerge")
	cycle(kit, eve, commands.Parting{})
	distinct(true, "an unmerge of others")
	done(h.Reconsider(ctx, by, room, ada, eve))
	distinct(false, "a thought about that")
	cycle(eve, ada, commands.Parting{})
	distinct(true, "another unmerge, the other way round")
}

// A verdict that is sent again takes effect once and is answered alike; what is so
// already is answered with when it came to be, and records nothing.
func TestJudgeDistinctOnce(t *testing.T) {
	t.Parallel()
	h := build(t)
	ctx := t.Context()
	ada, eve := h.contact(t, "ada@example.org"), h.contact(t, "eve@example.org")
	keyed := by
	keyed.Key, keyed.Ask = "k", "judge"
	var first domain.Position
	for i, who := range []domain.By{keyed, keyed, by} {
		at, err := h.JudgeDistinct(ctx, who, h.room, ada, eve)
		if err != nil || i > 0 && at != first {
			t.Errorf("asked for the %d. time: %d, %v; before it was %d", i+1, at, err, first)
		}
		first = at
	}
	if end := domain.Position(len(h.journal.All(0))); end != first {
		t.Errorf("the journal ends at %d, behind %d", end, first)
	}
	if _, err := h.JudgeDistinct(ctx, by, h.room, ada, "nobody"); !errors.Is(err, contact.ErrUnknown) {
		t.Errorf("judged of nobody: %v", err)
	}
}

// A verdict goes with its space into an archive and is known where that is read back.
func TestVerdictsAreExported(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.Hash = func(parts ...string) string {
		return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(parts, "~"))))
	}
	ctx := t.Context()
	ada, eve := h.contact(t, "ada@example.org"), h.contact(t, "eve@example.org")
	if _, err := h.JudgeDistinct(ctx, by, h.room, ada, eve); err != nil {
		t.Fatal(err)
	}
	end := domain.Position(len(h.journal.All(0)))
	a, err := h.Archive(ctx, h.room, end)
	if err != nil {
		t.Fatal(err)
	}
	var events []domain.Recorded
	codec := domain.NewCodec(contact.Facts, space.Facts, verdict.Facts)
	for one, err := range h.ExportSpace(ctx, h.journal, h.room, end) {
		if err != nil {
			t.Fatal(err)
		}
		e, err := codec.Decode(one.Kind, one.Data)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, domain.Recorded{Event: e, Stream: one.Stream, Revision: one.Revision, Moment: domain.Moment{Position: one.Position, At: one.At, By: one.By}})
	}
	a.Name, a.Events = "Copy", len(events)
	copied, err := h.ImportSpace(ctx, h.journal, by, "engines", "Copy", a, func(yield func(domain.Recorded, error) bool) {
		for _, r := range events {
			if !yield(r, nil) {
				return
			}
		}
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if distinct, err := h.Distinct(ctx, commands.Room{ID: copied.ID}, eve, ada); err != nil || !distinct {
		t.Errorf("in the copy they are distinct: %v, %v", distinct, err)
	}
}
