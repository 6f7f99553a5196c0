package contact

import "skein/domain"

// Unmerge lets an absorbed contact stand alone again, with whatever it had
// absorbed itself. Asked twice it is already so (D2-1).
type Unmerge struct{}

var errNotMerged = domain.Refuse(domain.Conflict, "contact_not_merged", "The contact was never merged into another one, so there is nothing to undo.")

func (Unmerge) decide(c Contact) ([]Event, error) {
	switch {
	case c.Created.IsZero():
		return nil, ErrUnknown
	case c.Merge.Into != "":
		return []Event{Unmerged{c.Merge.Into}}, nil
	case c.Apart != "":
		return nil, nil
	}
	return nil, errNotMerged
}

// Unmerged tells that a contact is no longer a part of its survivor.
type Unmerged struct {
	Survivor ID `json:"survivor"`
}

// Kind implements domain.Event.
func (Unmerged) Kind() string { return "contact.unmerged" }

func (e Unmerged) evolve(c Contact, _ domain.Moment) Contact {
	c.Merge, c.Apart = Merge{}, e.Survivor
	return c
}
