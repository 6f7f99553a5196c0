package identifier

import (
	"skein/domain"
	"skein/domain/contact"
)

// Claim makes a contact the one that the value names.
type Claim struct {
	For  contact.ID
	Over contact.ID // the holder that was found to have no right to it, if any
}

// ErrTaken refuses a value that names another contact. It names the holder.
var ErrTaken = domain.Refuse(domain.Conflict, "identifier_taken", "Another contact of this space has this value, and it names one contact only. Use another value, or merge the two.")

func (cmd Claim) decide(i Identifier) ([]Event, error) {
	switch i.Holder {
	case cmd.For:
		return nil, nil
	case "", cmd.Over:
		return []Event{Claimed{cmd.For}}, nil
	}
	return nil, ErrTaken.Naming("holder", string(i.Holder))
}

// Claimed tells that the value names a contact from now on.
type Claimed struct {
	Contact contact.ID `json:"contact"`
}

// Kind implements domain.Event.
func (Claimed) Kind() string { return "identifier.claimed" }

func (e Claimed) evolve(i Identifier, m domain.Moment) Identifier {
	i.Holder, i.Since = e.Contact, m.At
	return i
}
