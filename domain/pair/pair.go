// Package pair is about two contacts that look alike and are not one: people say so
// once and are not asked again, until they think better of it.
//
// Contacts that were taken apart after a merge are distinct too. That stands in the
// histories of the contacts, so it comes in with the commands as the position of the
// last time; whatever was said of the pair since counts more.
package pair

import (
	"strings"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// Key is two contacts of a space. Made by KeyOf, it is the same whichever is named
// first.
type Key struct {
	Space space.ID
	A, B  contact.ID // A < B
}

// KeyOf is the key of two contacts.
func KeyOf(in space.ID, one, other contact.ID) Key {
	return Key{in, min(one, other), max(one, other)}
}

// Of is the pair whose history s is.
func Of(s domain.Stream) Key {
	in, ids := s.Parts()
	a, b, _ := strings.Cut(ids, ".")
	return Key{space.ID(in), contact.ID(a), contact.ID(b)}
}

// Stream is where it is kept what was said of the pair.
func (k Key) Stream() domain.Stream {
	return domain.StreamOf("pair", string(k.Space), string(k.A), string(k.B))
}

// Pair is what was said of two contacts. Of the zero Pair nobody has said anything.
type Pair struct {
	Judged bool            // distinct, as somebody said last
	At     domain.Position // where something was said last; 0: never
}

// Distinct reports whether the two are known not to be one, when the one was last taken
// out of the other at a position (0: never).
func (p Pair) Distinct(apart domain.Position) bool { return p.Judged || apart > p.At }

// Command is something that can be said of two contacts.
type Command interface {
	decide(Pair) ([]Event, error)
}

// Event is something that was said of two contacts.
type Event interface {
	domain.Event
	evolve(Pair, domain.Moment) Pair
}

// Decide answers cmd with the events that follow from it, or refuses it.
// No events and no error mean that all is already as asked.
func Decide(p Pair, cmd Command) ([]Event, error) { return cmd.decide(p) }

// Evolve is the pair after e.
func Evolve(p Pair, e Event, m domain.Moment) Pair { return e.evolve(p, m) }

// Facts lists the events of a pair.
var Facts = []domain.Fact{
	domain.FactOf[JudgedDistinct](),
	domain.FactOf[Reconsidered](),
}
