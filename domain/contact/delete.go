package contact

import (
	"slices"

	"skein/domain"
)

// Delete takes a contact, and all it absorbed, out of its space for good (C2-14).
type Delete struct{}

func (Delete) decide(c Contact) ([]Event, error) {
	if err := c.Standing(); err != nil {
		return nil, err
	}
	return []Event{Deleted{}}, nil
}

// Deleted tells that a contact is no more. Its story says nothing of what it was from
// then on, be it a value or a slot of one.
type Deleted struct{}

// Kind implements domain.Event.
func (Deleted) Kind() string { return "contact.deleted" }

func (Deleted) evolve(c Contact, m domain.Moment) Contact {
	c.Deleted, c.Values, c.Touches, c.Talks, c.Gave = m.Position, nil, nil, nil, nil
	c.Merge.Choices = nil
	return c
}

func (e Deleted) redacted(Redaction) Event { return e }

// GoneAt is the contact that went at a position with the one it was a part of, whatever
// its own history says of it since.
func (c Contact) GoneAt(at domain.Position) Contact {
	c = Deleted{}.evolve(c, domain.Moment{Position: at})
	if c.Merge.At > at {
		c.Merge = Merge{}
	}
	c.Left = slices.DeleteFunc(slices.Clone(c.Left), func(left Leaving) bool { return left.At > at })
	return c
}
