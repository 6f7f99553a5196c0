package commands_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// previewed is a preview of ada absorbing lord.
func (on *trio) previewed(t *testing.T) commands.MergePreview {
	t.Helper()
	if err := on.hear("0"); err != nil { // whoever writes for the first time is known by the address from then on
		t.Fatal(err)
	}
	p, err := on.PreviewMerge(t.Context(), on.room, on.ada, on.lord, keeping)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// commit merges as it was previewed.
func (on *trio) commit(t *testing.T, h *commands.Handler, by domain.By, p commands.MergePreview) error {
	_, _, err := h.MergeAsPreviewed(t.Context(), by, on.room, on.ada, on.lord, keeping, p.Token)
	return err
}

// C2-59: a preview changes nothing, and committed at once it is what comes.
func TestPreviewMerge(t *testing.T) {
	t.Parallel()
	on := threeOf(t)
	if err := on.hear("0"); err != nil {
		t.Fatal(err)
	}
	before := len(on.journal.All(0))
	p := on.previewed(t)
	if n := len(on.journal.All(0)); n != before {
		t.Errorf("a preview recorded %d events", n-before)
	}
	if err := on.commit(t, on.Handler, by, p); err != nil {
		t.Fatal(err)
	}
	if got, want := on.told(on.ada).Fields(), p.After.Told(on.ada).Fields(); !maps.Equal(got, want) {
		t.Errorf("it came as %v and was shown as %v", got, want)
	}
}

// A preview of what has to be chosen yet says so and has no token (D1-7); of a pair that
// was judged to be two it says that (D1-20); of what would be refused it is refused.
func TestPreviewMergeWarns(t *testing.T) {
	t.Parallel()
	on := threeOf(t)
	p, err := on.PreviewMerge(t.Context(), on.room, on.ada, on.lord, contact.Absorb{})
	if err != nil || !slices.Equal(p.Clash, []string{"email"}) || p.Token != "" || p.Distinct {
		t.Errorf("clash over %q, token %q, distinct %t, %v", p.Clash, p.Token, p.Distinct, err)
	}
	if _, err := on.JudgeDistinct(t.Context(), by, on.room, on.lord, on.ada); err != nil {
		t.Fatal(err)
	}
	if p := on.previewed(t); !p.Distinct || p.Token == "" {
		t.Errorf("distinct %t, token %q", p.Distinct, p.Token)
	}
	if err := on.commit(t, on.Handler, by, on.previewed(t)); err != nil {
		t.Errorf("a warning is no refusal: %v", err)
	}
	for _, two := range [][2]contact.ID{{on.ada, on.lord}, {on.lord, on.eve}, {on.eve, on.lord}} {
		_, err := on.PreviewMerge(t.Context(), on.room, two[0], two[1], keeping)
		var refused *domain.Refusal
		if !errors.As(err, &refused) || refused.Names["survivor"] != string(on.ada) {
			t.Errorf("%s into %s is previewed with %v", two[1], two[0], err)
		}
	}
}

// A token is for what was previewed, and for nothing else.
func TestPreviewOfSomethingElse(t *testing.T) {
	t.Parallel()
	on := threeOf(t)
	token := on.previewed(t).Token
	cleared := contact.Absorb{Choices: map[string]contact.Choice{"email": contact.Neithers, "external_id": contact.Survivors}}
	flipped := strings.Replace(token, ".", "A.", 1)
	for what, do := range map[string]func() (contact.MergeID, domain.Position, error){
		"other choices": func() (contact.MergeID, domain.Position, error) {
			return on.MergeAsPreviewed(t.Context(), by, on.room, on.ada, on.lord, cleared, token)
		},
		"the other way round": func() (contact.MergeID, domain.Position, error) {
			return on.MergeAsPreviewed(t.Context(), by, on.room, on.lord, on.ada, keeping, token)
		},
		"another one": func() (contact.MergeID, domain.Position, error) {
			return on.MergeAsPreviewed(t.Context(), by, on.room, on.ada, on.eve, keeping, token)
		},
		"forged": func() (contact.MergeID, domain.Position, error) {
			return on.MergeAsPreviewed(t.Context(), by, on.room, on.ada, on.lord, keeping, flipped)
		},
		"nonsense": func() (contact.MergeID, domain.Position, error) {
			return on.MergeAsPreviewed(t.Context(), by, on.room, on.ada, on.lord, keeping, "x")
		},
	} {
		if _, _, err := do(); !errors.Is(err, commands.ErrPreviewDiffers) {
			t.Errorf("%s: %v", what, err)
		}
	}
	reason := keeping
	reason.Reason = "Why not."
	if _, _, err := on.MergeAsPreviewed(t.Context(), by, on.room, on.ada, on.lord, reason, token); err != nil {
		t.Errorf("the reason is no part of the preview: %v", err)
	}
}

// meanwhile are what happens between a preview and its commit, and whether the commit is
// refused for it (D1-5).
var meanwhile = map[string]struct {
	do    func(on *trio) error
	stale bool
}{
	"nothing":                        {func(*trio) error { return nil }, false},
	"the absorbed is edited":         {func(on *trio) error { return on.tag(on.lord) }, true},
	"the survivor is edited":         {func(on *trio) error { return on.tag(on.ada) }, true},
	"a third one is edited":          {func(on *trio) error { return on.tag(on.eve) }, false},
	"a third one joins":              {func(on *trio) error { return eveInto(on, on.ada) }, true},
	"a third one joins the absorbed": {func(on *trio) error { return eveInto(on, on.lord) }, true},
	"a mail arrives":                 {func(on *trio) error { return on.hear("1") }, false},
	"merged and unmerged": {func(on *trio) error {
		return errors.Join(third(on.MergeContacts(context.Background(), by, on.room, on.eve, on.ada, keeping)),
			second(on.UnmergeContact(context.Background(), by, on.room, on.ada, commands.Parting{})))
	}, true},
}

// fieldsRuled is a change of the rule of a field, after which the preview shows something else.
func (on *trio) fieldsRuled() error {
	_, err := on.Space(context.Background(), by, on.room, space.DefineField{Key: "points", Type: space.Number, Merge: space.Sum})
	return err
}

// D1-5: what was previewed is committed as long as it is still that; messages change none of it.
func TestCommitLater(t *testing.T) {
	t.Parallel()
	for what, m := range meanwhile {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			on := threeOf(t)
			p := on.previewed(t)
			if err := m.do(on); err != nil {
				t.Fatal(err)
			}
			before := len(on.journal.All(0))
			on.committed(t, on.commit(t, on.Handler, under("k"), p), m.stale)
			if more := on.journal.All(domain.Position(before)); m.stale && len(more) > 0 {
				t.Errorf("what could be known to be stale was tried: %v", more)
			}
		})
	}
}

// The same, with it happening at the very moment: just before the merge is recorded.
func TestCommitAtTheVeryMoment(t *testing.T) {
	t.Parallel()
	for what, m := range meanwhile {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			on := threeOf(t)
			p := on.previewed(t)
			slow, _ := on.process(journaltest.Fault{})
			slow.Journal = &interrupted{slow.Journal, 1, func() {
				if err := m.do(on); err != nil {
					t.Error(err)
				}
			}}
			on.committed(t, on.commit(t, slow, under("k"), p), m.stale)
			if m.stale { // and it stays so, whatever happens later
				if _, err := on.UnmergeContact(t.Context(), by, on.room, on.eve, commands.Parting{}); err != nil && on.told(on.eve).Merge.Into != "" {
					t.Error(err)
				}
				on.committed(t, on.commit(t, on.Handler, under("k"), p), true)
			}
		})
	}
}

// The same, with the process killed at each append: whoever asks again is answered the
// same as if it had not been.
func TestCommitKilled(t *testing.T) {
	t.Parallel()
	for what, m := range meanwhile {
		for fault := range journaltest.Faults(2) {
			on := threeOf(t)
			p := on.previewed(t)
			slow, mortal := on.process(fault)
			slow.Journal = &interrupted{mortal, 1, func() {
				if err := m.do(on); err != nil {
					t.Error(err)
				}
			}}
			err := on.commit(t, slow, under("k"), p)
			if err == nil && mortal.Dead() {
				t.Fatalf("%s, killed %s: answered by the dead", what, fault)
			}
			on.clock.Add(120)
			on.committed(t, on.commit(t, on.Handler, under("k"), p), m.stale)
			on.sound(t, what)
		}
	}
}

// Edits that fall together with a commit: it was made on what it had shown, or not at all.
func TestEditsAndCommitAtOnce(t *testing.T) {
	t.Parallel()
	for range 200 {
		on := threeOf(t)
		p := on.previewed(t)
		before := len(on.journal.All(0))
		var committed error
		var wait sync.WaitGroup
		wait.Go(func() { committed = on.commit(t, on.Handler, by, p) })
		for _, id := range []contact.ID{on.ada, on.lord} {
			wait.Go(func() {
				var refused *domain.Refusal
				if err := on.tag(id); err != nil && !errors.As(err, &refused) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		edited := false // before the merge
		for _, r := range on.journal.All(domain.Position(before)) {
			if merged, is := r.Event.(contact.Merged); is && merged.Survivor == on.ada {
				break
			}
			edited = edited || r.Kind() == "contact.edited"
		}
		on.committed(t, committed, committed != nil || edited)
		on.sound(t, "at once")
	}
}

// A change of the rules of the space's fields makes previews stale.
func TestPreviewOfOtherRules(t *testing.T) {
	t.Parallel()
	on := threeOf(t)
	p := on.previewed(t)
	if err := on.fieldsRuled(); err != nil {
		t.Fatal(err)
	}
	var err error
	if on.room, err = on.SpaceOf(t.Context(), "engines", on.room.ID); err != nil {
		t.Fatal(err)
	}
	on.committed(t, on.commit(t, on.Handler, by, p), true)
}

// committed checks how a commit ended.
func (on *trio) committed(t *testing.T, err error, stale bool) {
	t.Helper()
	if stale != errors.Is(err, commands.ErrPreviewStale) || !stale && err != nil {
		t.Errorf("committed with %v, stale: %t", err, stale)
	}
	told, _ := families(on.journal, on.room.ID)
	if told.Holds(on.ada, on.lord) == stale {
		t.Errorf("stale: %t, and merged: %t", stale, !stale)
	}
}

// hear receives a mail from lord.
func (on *trio) hear(message string) error {
	return on.Receive(context.Background(), by, on.room, commands.Mailed{Identity: message, Email: "lord@example.org", At: monday})
}

func (on *trio) tag(id contact.ID) error {
	_, err := on.EditContact(context.Background(), by, on.room, id, contact.Edit{Tag: []string{"vip"}})
	return err
}

func eveInto(on *trio, survivor contact.ID) error {
	return third(on.MergeContacts(context.Background(), by, on.room, survivor, on.eve, keeping))
}
