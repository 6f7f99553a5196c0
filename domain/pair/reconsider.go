package pair

import (
	"cmp"

	"skein/domain"
	"skein/domain/contact"
)

// Reconsider takes back that two contacts are distinct, whether somebody said so or they
// were taken apart after a merge. They may be suggested again.
type Reconsider struct {
	A, B       contact.ID      // in whichever order
	One, Other contact.Contact // A and B as they stand
	Apart      domain.Position // where the one was last taken out of the other; 0: never
}

func (cmd Reconsider) decide(p Pair) ([]Event, error) {
	if cmd.A == cmd.B {
		return nil, ErrItself.Where("/b")
	}
	if err := cmp.Or(at("/a", known(cmd.One)), at("/b", known(cmd.Other))); err != nil {
		return nil, err
	}
	if !p.Distinct(cmd.Apart) {
		return nil, nil
	}
	return []Event{Reconsidered{}}, nil
}

// known refuses contacts that are unknown or deleted.
func known(c contact.Contact) error {
	c.Merge = contact.Merge{}
	return c.Standing()
}

// Reconsidered tells that two contacts may be one after all.
type Reconsidered struct{}

// Kind implements domain.Event.
func (Reconsidered) Kind() string { return "pair.reconsidered" }

func (Reconsidered) evolve(_ Pair, m domain.Moment) Pair { return Pair{false, m.Position} }
