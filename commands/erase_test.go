package commands_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/erasure"
	"skein/domain/identifier"
)

// erase erases him, as he is previewed.
func (e *estate) erase(t *testing.T, h *commands.Handler) error {
	t.Helper()
	show, err := h.PreviewErasure(t.Context(), e.room, e.him)
	if err != nil {
		return err
	}
	return second(h.EraseContact(t.Context(), under("erase"), e.room, e.him, show.Token, "He asked for it."))
}

// Nothing that somebody was or said is left in the journal once he is erased, and of
// others everything is (D1-14).
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	for name, estate := range estates {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := estate(t)
			kept := e.marked(t, keeps)
			if err := e.erase(t, e.Handler); err != nil {
				t.Fatal(err)
			}
			e.nothingLeft(t)
			if now := e.marked(t, keeps); now != kept {
				t.Errorf("of others there was %d, and %d is left", kept, now)
			}
			e.gone(t, e.Handler)
		})
	}
}

func (e *estate) nothingLeft(t *testing.T) {
	t.Helper()
	for _, r := range e.journal.All(0) {
		if text := written(t, r); strings.Contains(text, quill) {
			t.Errorf("%s", text)
		}
	}
}

// gone checks that whatever is asked of him is answered as of who was deleted.
func (e *estate) gone(t *testing.T, h *commands.Handler) {
	t.Helper()
	for what, err := range map[string]error{
		"edit":    second(h.EditContact(t.Context(), by, e.room, e.him, contact.Edit{Tag: []string{"vip"}})),
		"delete":  second(h.DeleteContact(t.Context(), by, e.room, e.him)),
		"unmerge": second(h.UnmergeContact(t.Context(), by, e.room, e.him, commands.Parting{})),
		"absorb":  third(h.MergeContacts(t.Context(), by, e.room, e.eve, e.him, keeping)),
		"merge":   third(h.MergeContacts(t.Context(), by, e.room, e.him, e.eve, keeping)),
		"open":    second(h.OpenConversation(t.Context(), by, e.room, e.him, "chat")),
		"judge":   second(h.JudgeDistinct(t.Context(), by, e.room, e.him, e.eve)),
		"split":   third(h.SplitContact(t.Context(), by, e.room, e.him, commands.Split{Fields: []string{"email"}})),
		"stands":  h.Stands(t.Context(), e.room, e.him),
	} {
		if !errors.Is(err, contact.ErrDeleted) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := h.History(t.Context(), e.room, e.him, []contact.ID{e.him}, commands.Until{}, 0, 0); err != nil {
		t.Errorf("his history: %v", err)
	}
	var refused *domain.Refusal
	show, err := h.PreviewErasure(t.Context(), e.room, e.him)
	if err != nil || !show.Goes[0].Erased || !show.Goes[0].Deleted || show.Goes[0].Interactions > 0 {
		t.Errorf("previewed again: %+v, %v", show, err)
	}
	if err := second(h.EraseContact(t.Context(), under("again"), e.room, e.him, show.Token, "")); err != nil || errors.As(err, &refused) {
		t.Errorf("erased again: %v", err)
	}
}

// unclaimed checks that nothing is claimed by those who were erased.
func (e *estate) unclaimed(t *testing.T) {
	t.Helper()
	gone := map[contact.ID]bool{}
	holders := map[domain.Stream]contact.ID{}
	for _, r := range e.journal.All(0) {
		switch what := r.Event.(type) {
		case erasure.Erased:
			for _, id := range what.Members {
				gone[id] = true
			}
		case identifier.Claimed:
			holders[r.Stream] = what.Contact
		case identifier.Released:
			delete(holders, r.Stream)
		}
	}
	for s, id := range holders {
		if gone[id] {
			t.Errorf("%s is claimed by %s", s, id)
		}
	}
}

// What is hidden stands for the same as before, stays as it is, and is something else in
// another space.
func TestHiding(t *testing.T) {
	t.Parallel()
	h := build(t)
	hide, elsewhere := h.Hiding(h.room), h.Hiding(commands.Room{ID: "elsewhere"})
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		once := hide(text)
		if hide(text) != once || hide(once) != once || once == text || elsewhere(text) == once {
			t.Errorf("%q is hidden as %q and %q", text, once, hide(once))
		}
	})
}
