package commands_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
)

// crossings are what falls together, and whether only one of the two can be done.
var crossings = []struct {
	one, other deedOf
	either     bool
}{
	{adaAbsorbsLord, lordAbsorbsAda, true},
	{adaAbsorbsLord, eveAbsorbsLord, true},
	{adaAbsorbsLord, lordAbsorbsEve, false},
	{adaAbsorbsLord, eveAbsorbsAda, false},
	{adaAbsorbsLord, adaIsDeleted, false},
	{adaAbsorbsLord, lordIsDeleted, true},
}

// D1-3: whatever falls together, one wins, the other one is told who, and there is never
// a circle.
func TestMergesAtOnce(t *testing.T) {
	t.Parallel()
	for _, c := range crossings {
		t.Run(c.one.name+" and "+c.other.name, func(t *testing.T) {
			t.Parallel()
			for range 60 {
				on := threeOf(t)
				var errs [2]error
				var wait sync.WaitGroup
				for i, deed := range []deedOf{c.one, c.other} {
					h, _ := on.process(journaltest.Fault{})
					wait.Go(func() { errs[i] = deed.do(h, on) })
				}
				wait.Wait()
				on.answered(t, "at once", c.either, errs[:]...)
			}
		})
	}
}

// D1-3: the same, with one happening just before any append of the other one.
func TestMergesInBetween(t *testing.T) {
	t.Parallel()
	for _, c := range crossings {
		for _, pair := range [][2]deedOf{{c.one, c.other}, {c.other, c.one}} {
			for n := 1; n <= 3; n++ {
				on := threeOf(t)
				other, _ := on.process(journaltest.Fault{})
				slow, _ := on.process(journaltest.Fault{})
				var meanwhile error
				happened := false
				slow.Journal = &interrupted{slow.Journal, n, func() {
					happened, meanwhile = true, pair[1].do(other, on)
				}}
				asked := pair[0].do(slow, on)
				if !happened {
					break
				}
				on.answered(t, fmt.Sprintf("%s while %s before its append %d", pair[0].name, pair[1].name, n), c.either, asked, meanwhile)
			}
		}
	}
}

// The same, with either process killed before or after any of its appends. Whoever comes
// after it finds everything in order, and whoever asks again learns how it ended.
func TestMergesKilled(t *testing.T) {
	t.Parallel()
	for _, c := range crossings {
		t.Run(c.one.name+" and "+c.other.name, func(t *testing.T) {
			t.Parallel()
			for first := range journaltest.Faults(3) {
				for second := range journaltest.Faults(3) {
					on := threeOf(t)
					one, _ := on.process(first)
					other, _ := on.process(second)
					var wait sync.WaitGroup
					wait.Go(func() { _ = c.one.do(one, on) })
					wait.Go(func() { _ = c.other.do(other, on) })
					wait.Wait()
					what := fmt.Sprintf("killed %s and %s", first, second)
					on.sound(t, what)

					on.clock.Add(120)
					fresh, _ := on.process(journaltest.Fault{})
					errs := []error{c.one.do(fresh, on), c.other.do(fresh, on)}
					on.answered(t, what+", asked again", c.either, errs...)
					events := len(on.journal.All(0))
					for i, deed := range []deedOf{c.one, c.other} {
						if err := deed.do(fresh, on); (err == nil) != (errs[i] == nil) {
							t.Fatalf("%s: %s was answered %v and then %v", what, deed.name, errs[i], err)
						}
					}
					if more := on.journal.All(domain.Position(events)); len(more) > 0 {
						t.Fatalf("%s: asked for the third time there is %v", what, more)
					}
				}
			}
		})
	}
}

// What a dead process left void is in nobody's way, and whoever takes it back late
// undoes nothing that was merged since.
func TestVoidMergeIsTakenBackOnce(t *testing.T) {
	t.Parallel()
	for _, dies := range []bool{true, false} {
		on := threeOf(t)
		h, mortal := on.process(journaltest.Fault{})
		if dies {
			h, mortal = on.process(journaltest.Fault{Append: 1, After: true})
		}
		h.Journal = &interrupted{mortal, 1, func() {
			if err := eveAbsorbsAda.do(on.Handler, on); err != nil {
				t.Error(err)
			}
		}}
		late := &interrupted{h.Journal, 2, func() { // as it is about to take it back
			if err := eveAbsorbsLord.do(on.Handler, on); err != nil {
				t.Errorf("merged late: %v", err)
			}
		}}
		h.Journal = late
		err := adaAbsorbsLord.do(h, on)
		if dies {
			fresh, _ := on.process(journaltest.Fault{})
			if err := eveAbsorbsLord.do(fresh, on); err != nil {
				t.Errorf("merged after its death: %v", err)
			}
		} else if refused := new(domain.Refusal); !errors.As(err, &refused) || refused.Names["survivor"] != string(on.eve) {
			t.Errorf("got %v", err)
		}
		if told := on.sound(t, "taken back"); !told.Holds(on.eve, on.lord) {
			t.Error("what was merged since was undone")
		}
	}
}

// D1-4: under one key a merge has one id and is one event, also when whoever asked was
// killed before the answer.
func TestMergeOnce(t *testing.T) {
	t.Parallel()
	for fault := range journaltest.Faults(1) {
		on := threeOf(t)
		mortal, _ := on.process(fault)
		first, _, _ := mortal.MergeContacts(t.Context(), under("k"), on.room, on.ada, on.lord, keeping)
		var ids []contact.MergeID
		for range 3 {
			fresh, _ := on.process(journaltest.Fault{})
			id, _, err := fresh.MergeContacts(t.Context(), under("k"), on.room, on.ada, on.lord, keeping)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		told := on.told(on.lord).Merge
		events := slices.DeleteFunc(on.journal.All(0), func(r domain.Recorded) bool { return r.Kind() != "contact.merged" })
		if len(events) != 1 || slices.ContainsFunc(ids, func(id contact.MergeID) bool { return id != told.ID || id == "" }) || first != "" && first != told.ID {
			t.Errorf("killed %s: %q then %q, recorded as %q in %d events", fault, first, ids, told.ID, len(events))
		}
	}
}

// interrupted is a journal in which something happens just before the n-th append.
type interrupted struct {
	commands.Journal
	appends int
	by      func()
}

func (i *interrupted) Append(ctx context.Context, s domain.Stream, length uint64, by domain.By, events ...domain.Event) (domain.Position, error) {
	if i.appends--; i.appends == 0 {
		i.by()
	}
	return i.Journal.Append(ctx, s, length, by, events...)
}
