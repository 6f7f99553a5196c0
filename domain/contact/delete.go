package contact

import "skein/domain"

// Delete takes a contact, and all it absorbed, out of its space for good (C2-14).
type Delete struct{}

func (Delete) decide(c Contact) ([]Event, error) {
	if err := c.Standing(); err != nil {
		return nil, err
	}
	return []Event{Deleted{}}, nil
}

// Deleted tells that a contact is no more.
type Deleted struct{}

// Kind implements domain.Event.
func (Deleted) Kind() string { return "contact.deleted" }

func (Deleted) evolve(c Contact, m domain.Moment) Contact {
	c.Deleted, c.Values, c.Touches, c.Talks = m.Position, nil, nil, nil
	return c
}
