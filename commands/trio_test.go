package commands_test

import (
	"context"
	"errors"
	"testing"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
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
