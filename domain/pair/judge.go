package pair

import (
	"cmp"
	"errors"

	"skein/domain"
	"skein/domain/contact"
)

// JudgeDistinct says that two contacts are not one, however alike they look. They are
// not suggested again, and a merge of them is warned of (D1-20).
type JudgeDistinct struct {
	A, B       contact.ID      // in whichever order
	One, Other contact.Contact // A and B as they stand
	Apart      domain.Position // where the one was last taken out of the other; 0: never
}

// ErrItself refuses a pair that is one contact.
var ErrItself = domain.Refuse(domain.Invalid, "contact_is_itself", "A contact is not another one than itself. Name two different contacts.")

func (cmd JudgeDistinct) decide(p Pair) ([]Event, error) {
	if cmd.A == cmd.B {
		return nil, ErrItself.Where("/b")
	}
	if err := cmp.Or(at("/a", cmd.One.Standing()), at("/b", cmd.Other.Standing())); err != nil {
		return nil, err
	}
	if p.Distinct(cmd.Apart) {
		return nil, nil
	}
	return []Event{JudgedDistinct{}}, nil
}

// JudgedDistinct tells that two contacts are not one.
type JudgedDistinct struct{}

// Kind implements domain.Event.
func (JudgedDistinct) Kind() string { return "pair.judged_distinct" }

func (JudgedDistinct) evolve(_ Pair, m domain.Moment) Pair { return Pair{true, m.Position} }

// at is a refusal that points to the part of what is asked that it is about.
func at(part string, refused error) error {
	var r *domain.Refusal
	if errors.As(refused, &r) {
		return r.Where(part)
	}
	return refused
}
