package commands_test

import (
	"errors"
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
)

// erase erases a contact, if it can be: then everybody else is told of every time as
// before, but for values that were of those who are gone, and nothing names these any more.
func (m *match) erase(id contact.ID) {
	ctx := m.t.Context()
	show, err := m.PreviewErasure(ctx, m.room, id)
	if can := m.born[id] > 0 && m.root(id) == id; can != (err == nil) {
		m.t.Fatalf("%s may be erased: %v, model: %v", id, err, can)
	}
	if err != nil {
		return
	}
	var going []contact.ID
	for _, one := range show.Goes {
		going = append(going, one.ID)
	}
	if want := m.within(id); !alike(going, want) {
		m.t.Fatalf("%v would go, and %v are one", going, want)
	}
	before := m.journal.All(0)
	if err := second(m.EraseContact(ctx, under(fmt.Sprint("erase", len(before))), m.room, id, show.Token, "")); err != nil {
		m.t.Fatalf("%s was not erased: %v", id, err)
	}
	m.remove(id)
	for _, one := range going {
		m.erased[one] = true
	}
	after := m.journal.All(0)
	for range 3 {
		at := rapid.IntRange(1, len(before)).Draw(m.t, "as of")
		m.sameAsOf(before[:at], after[:at])
	}
	holders := map[domain.Stream]contact.ID{}
	for _, r := range after {
		switch e := r.Event.(type) {
		case identifier.Claimed:
			holders[r.Stream] = e.Contact
		case identifier.Released:
			delete(holders, r.Stream)
		case contact.Event:
			for slot, text := range said(e) {
				if m.erased[contact.KeyOf(r.Stream).ID] && text != "" {
					m.t.Errorf("%s still says %q of %s", r.Stream, text, slot)
				}
			}
		}
	}
	for s, one := range holders {
		if m.erased[one] {
			m.t.Errorf("%s has claimed %s", one, s)
		}
	}
	if _, err := m.EditContact(ctx, by, m.room, id, contact.Edit{Tag: []string{"asked"}}); !errors.Is(err, contact.ErrDeleted) {
		m.t.Errorf("of %s is asked: %v", id, err)
	}
}

func alike(some, others []contact.ID) bool {
	some, others = slices.Clone(some), slices.Clone(others)
	slices.Sort(some)
	slices.Sort(others)
	return slices.Equal(some, others)
}

// said is what an event says.
func said(e contact.Event) map[contact.Slot]string {
	switch e := e.(type) {
	case contact.Created:
		return e.Says
	case contact.Edited:
		return e.Says
	}
	return nil
}

// sameAsOf compares how everybody was at some time, as the journal had it and has it now.
func (m *match) sameAsOf(before, after []domain.Recorded) {
	was, is := asOf(before), asOf(after)
	for _, id := range m.people {
		one, other := was.Told(id), is.Told(id)
		if was.Own(id).Created.IsZero() {
			continue
		}
		if was.Root(id) != is.Root(id) || !slices.Equal(was.Within(id), is.Within(id)) || one.Standing() != nil != (other.Standing() != nil) || one.Deleted != other.Deleted {
			m.t.Errorf("%s was a part of %s with %v, and is now said to have been one of %s with %v", id, was.Root(id), was.Within(id), is.Root(id), is.Within(id))
		}
		if m.erased[id] {
			continue
		}
		for slot, v := range one.Values {
			if now := other.Values[slot]; !m.erased[v.By(id)] && v != now {
				m.t.Errorf("%s had %+v of %s, and is now said to have had %+v", id, v, slot, now)
			}
		}
		if diff := cmp.Diff(one.LastInteraction, other.LastInteraction); diff != "" || !one.Created.Equal(other.Created) {
			m.t.Errorf("%s was in touch otherwise: %s", id, diff)
		}
	}
}

func asOf(events []domain.Recorded) (f contact.Family) {
	for _, r := range events {
		if c := r.Stream.Category(); c == "contact" || c == "conversation" {
			f.Tell(r)
		}
	}
	return f
}
