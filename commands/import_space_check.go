package commands

import (
	"errors"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/erasure"
	"skein/domain/inbox"
	"skein/domain/intake"
	"skein/domain/mailbox"
	"skein/domain/pair"
	"skein/domain/space"
)

// check looks at a whole archive before anything is made of it. It counts its mailboxes,
// and finds out which of its contacts were ever one.
func (a Archive) check(events Events, told func()) (mailboxes int, together kin, err error) {
	switch {
	case a.Format > ArchiveFormat:
		return 0, nil, ErrArchiveVersion
	case a.Format < 1 || a.ID == "" || a.Space == "" || a.Name == "":
		return 0, nil, errArchive
	}
	together = kin{}
	was := space.Space{Unique: a.Identifiers, Fields: a.Fields}
	last, n := domain.Position(0), 0
	for r, err := range events {
		switch {
		case err != nil:
			return 0, nil, err
		case r.Position <= last:
			return 0, nil, unfit(r, "comes before the one it follows")
		case r.At.IsZero() || r.By.Actor == "":
			return 0, nil, unfit(r, "does not say when it was recorded, or who asked for it")
		}
		if err := a.belongs(r, was); err != nil {
			return 0, nil, err
		}
		switch e := r.Event.(type) {
		case mailbox.Connected:
			mailboxes++
		case contact.Merged:
			together.join(contact.KeyOf(r.Stream).ID, e.Survivor)
		case contact.Split:
			together.join(contact.KeyOf(r.Stream).ID, e.Into)
		}
		last, n = r.Position, n+1
		told()
	}
	if n != a.Events {
		return 0, nil, errArchive.Saying("The archive is cut off, or was changed: it does not hold as many events as it says. Export the space again.")
	}
	return mailboxes, together, nil
}

// kin are contacts that were ever one, each with another one of them, be it that two
// people were behind one. All others are not among them, so it takes memory for merges and
// splits alone.
type kin map[contact.ID]contact.ID

// of is the one who stands for all that a contact was ever one with.
func (k kin) of(id contact.ID) contact.ID {
	for next, ok := k[id]; ok && next != id; next, ok = k[id] {
		if further, ok := k[next]; ok {
			k[id] = further // the way is shorter next time
		}
		id = next
	}
	return id
}

func (k kin) join(a, b contact.ID) {
	if a, b = k.of(a), k.of(b); a != b {
		k[a] = b
	}
}

// belongs refuses an event that has no place where the archive says it was.
func (a Archive) belongs(r domain.Recorded, was space.Space) error {
	in, id := r.Stream.Parts()
	if r.Stream.Category() == "space" {
		in, id = id, in
	}
	var fits bool
	switch r.Stream.Category() {
	case "contact":
		_, fits = r.Event.(contact.Event)
		_, created := r.Event.(contact.Created)
		fits = fits && created == (r.Revision == 0)
	case "conversation":
		_, fits = r.Event.(conversation.Event)
	case "inbox":
		_, fits = r.Event.(inbox.Event)
	case "mailbox":
		_, fits = r.Event.(mailbox.Event)
	case "intake":
		_, fits = r.Event.(intake.Event)
	case "erasure":
		_, fits = r.Event.(erasure.Event)
	case "pair":
		_, fits = r.Event.(pair.Event)
	case "space":
		_, fits = r.Event.(space.Event)
	}
	if !fits || space.ID(in) != a.Space || (id == "") != (r.Stream.Category() == "space") {
		return unfit(r, "(%s) does not belong there", r.Kind())
	}
	if saved, ok := r.Event.(inbox.Saved); ok {
		var refused *domain.Refusal
		if errors.As(saved.Filter.Check(was, ""), &refused) {
			return unfit(r, "has a filter that does not fit: %s", refused.Message)
		}
	}
	return nil
}
