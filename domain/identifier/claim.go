package identifier

import (
	"slices"

	"skein/domain"
	"skein/domain/contact"
)

// Claim makes a contact the one that the value names.
type Claim struct {
	For   contact.ID
	Over  contact.ID      // the holder that was found to have no right to it, if any
	Found domain.Position // where that one had claimed it last by then
	Anew  bool            // record it even if it is so already, so that whoever is about to release it looks again
}

// ErrPending refuses a value that somebody is just claiming, or whose claimant has
// broken off.
var ErrPending = domain.Refuse(domain.Conflict, "identifier_pending", "Another contact is being given this value right now. Send it again in a minute.")

// ErrTaken refuses a value that names another contact. It names the holder.
var ErrTaken = domain.Refuse(domain.Conflict, "identifier_taken", "Another contact of this space has this value, and it names one contact only. Use another value, or merge the two.")

func (cmd Claim) decide(i Identifier) ([]Event, error) {
	switch {
	case i.Holder == cmd.For && !cmd.Anew:
		return nil, nil
	case i.Holder == cmd.For, i.Holder == "", i.Holder == cmd.Over && i.At == cmd.Found:
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
	i.Holder, i.Since, i.At = e.Contact, m.At, m.Position
	if !slices.Contains(i.Past, e.Contact) {
		i.Past = append(slices.Clip(i.Past), e.Contact)
		i.Past = i.Past[max(0, len(i.Past)-mostPast):]
	}
	return i
}
