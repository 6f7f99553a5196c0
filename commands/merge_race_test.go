package commands_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// trio is three contacts that things happen to at once.
type trio struct {
	*pairing
	ada, lord, eve contact.ID
}

func threeOf(t *testing.T) *trio {
	p := pairUp(t)
	return &trio{p, p.Ada, p.contact(t, "lord@example.org"), p.Eve}
}

// deedOf is something that is done to the three, each time under the same key.
type deedOf struct {
	name string
	do   func(h *commands.Handler, on *trio) error
}

func under(key string) domain.By { return domain.By{Actor: "ada", Key: key, Ask: key} }

// absorbs is a merge of two of the three.
func absorbs(name string, which func(*trio) (survivor, absorbed contact.ID)) deedOf {
	return deedOf{name, func(h *commands.Handler, on *trio) error {
		survivor, absorbed := which(on)
		return third(h.MergeContacts(context.Background(), under(name), on.room, survivor, absorbed, keeping))
	}}
}

var (
	adaAbsorbsLord = absorbs("merge(ada, lord)", func(on *trio) (contact.ID, contact.ID) { return on.ada, on.lord })
	lordAbsorbsAda = absorbs("merge(lord, ada)", func(on *trio) (contact.ID, contact.ID) { return on.lord, on.ada })
	eveAbsorbsLord = absorbs("merge(eve, lord)", func(on *trio) (contact.ID, contact.ID) { return on.eve, on.lord })
	lordAbsorbsEve = absorbs("merge(lord, eve)", func(on *trio) (contact.ID, contact.ID) { return on.lord, on.eve })
	eveAbsorbsAda  = absorbs("merge(eve, ada)", func(on *trio) (contact.ID, contact.ID) { return on.eve, on.ada })
	adaIsDeleted   = deedOf{"delete(ada)", func(h *commands.Handler, on *trio) error {
		return second(h.DeleteContact(context.Background(), under("delete"), on.room, on.ada))
	}}
	lordIsDeleted = deedOf{"delete(lord)", func(h *commands.Handler, on *trio) error {
		return second(h.DeleteContact(context.Background(), under("delete"), on.room, on.lord))
	}}
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

// sound checks that every id leads to one contact, that commands and whoever reads the
// whole journal agree on which, and that no value has two owners. It uses a fresh
// process, which knows nothing but the journal.
func (on *trio) sound(t *testing.T, what string) contact.Family {
	t.Helper()
	h, _ := on.process(journaltest.Fault{})
	leads := map[contact.ID]contact.ID{}
	for _, id := range []contact.ID{on.ada, on.lord, on.eve} {
		root, err := h.Leads(t.Context(), on.room, id)
		if err != nil {
			t.Fatalf("%s: %s leads nowhere: %v", what, id, err)
		}
		leads[id] = root
	}
	told, _ := families(on.journal, on.room.ID)
	for id, root := range leads {
		own, gone := told.Own(root), errors.Is(h.Stands(t.Context(), on.room, root), contact.ErrDeleted)
		if gone != (told.Own(id).Deleted > 0) {
			t.Fatalf("%s: %s is deleted by commands: %v, by the journal at %d", what, id, gone, told.Own(id).Deleted)
		}
		if !gone && (told.Root(id) != root || own.Merge.Into != "") { // what is deleted leads to what it went with, or to itself
			t.Fatalf("%s: %s leads to %s by commands and to %s by the journal", what, id, root, told.Root(id))
		}
	}
	on.oneEach(t)
	return told
}

// answered checks what was answered to two who asked for what cannot both be: one of
// them was done, and the other one was told who won.
func (on *trio) answered(t *testing.T, what string, either bool, errs ...error) {
	t.Helper()
	told := on.sound(t, what)
	done := 0
	for _, err := range errs {
		var refused *domain.Refusal
		switch {
		case err == nil:
			done++
		case !errors.As(err, &refused):
			t.Fatalf("%s: %v", what, err)
		case refused.Code == "contact_merged":
			winner := contact.ID(refused.Names["survivor"])
			if told.Own(winner).Standing() != nil {
				t.Fatalf("%s: refused in favour of %s, which does not stand", what, winner)
			}
		case refused.Code != "contact_deleted" && refused.Code != "survivor_unsettled" && refused.Code != "busy":
			t.Fatalf("%s: %v", what, err)
		}
	}
	if done == 0 || either && done > 1 {
		t.Fatalf("%s: %d were done: %v", what, done, errs)
	}
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

// C2-69, D1-1, D1-2: a contact is not merged with itself, with what is deleted, nor with
// one of another space, which looks like none at all.
func TestMergeRefused(t *testing.T) {
	t.Parallel()
	on := threeOf(t)
	other, _, err := on.CreateSpace(t.Context(), by, space.Create{Organization: "engines", Name: "Works"})
	if err != nil {
		t.Fatal(err)
	}
	stranger, _, err := on.CreateContact(t.Context(), by, commands.Room{ID: other}, contact.Create{Tags: []string{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := on.DeleteContact(t.Context(), by, on.room, on.eve); err != nil {
		t.Fatal(err)
	}
	before := len(on.journal.All(0))
	codes := map[string]string{}
	for what, two := range map[string][2]contact.ID{
		"itself": {on.ada, on.ada}, "deleted": {on.ada, on.eve}, "into deleted": {on.eve, on.ada},
		"another space's": {on.ada, stranger}, "into another space's": {stranger, on.ada}, "nobody": {on.ada, "nobody"}, "into nobody": {"nobody", on.ada},
	} {
		_, _, err := on.MergeContacts(t.Context(), by, on.room, two[0], two[1], keeping)
		var refused *domain.Refusal
		if !errors.As(err, &refused) {
			t.Fatalf("%s: %v", what, err)
		}
		codes[what] = refused.Code
	}
	if want := map[string]string{
		"itself": "contact_is_itself", "deleted": "contact_deleted", "into deleted": "contact_deleted",
		"another space's": "contact_unknown", "into another space's": "survivor_unknown", "nobody": "contact_unknown", "into nobody": "survivor_unknown",
	}; !maps.Equal(codes, want) || len(on.journal.All(0)) != before {
		t.Errorf("refused as %v with %d events more", codes, len(on.journal.All(0))-before)
	}
}

// D1-7: of two values that name one contact one has to be chosen, and the other one leads
// to the survivor too.
func TestMergeChoosesIdentifiers(t *testing.T) {
	t.Parallel()
	for choice, shows := range map[contact.Choice]string{contact.Survivors: "ada@example.org", contact.Absorbeds: "lord@example.org", contact.Neithers: ""} {
		on := threeOf(t)
		_, _, err := on.MergeContacts(t.Context(), by, on.room, on.ada, on.lord, contact.Absorb{})
		if !errors.Is(err, contact.ErrChoose) {
			t.Fatalf("merged without a choice: %v", err)
		}
		chosen := contact.Absorb{Choices: map[string]contact.Choice{"email": choice}}
		if _, _, err := on.MergeContacts(t.Context(), by, on.room, on.ada, on.lord, chosen); err != nil {
			t.Fatal(err)
		}
		if got := on.told(on.ada).Field("email"); got != shows {
			t.Errorf("%s: shows %q, want %q", choice, got, shows)
		}
		for _, address := range []string{"ada@example.org", "lord@example.org"} {
			_, _, err := on.CreateContact(t.Context(), by, on.room, contact.Create{Fields: map[string]string{"email": address}})
			var refused *domain.Refusal
			if !errors.As(err, &refused) || refused.Names["holder"] != string(on.ada) {
				t.Errorf("%s: %s leads to %v", choice, address, err)
			}
		}
	}
}
