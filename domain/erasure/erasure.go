// Package erasure is about contacts of whom nothing is left: what they said and were
// is taken out of every history, also out of those of others, and only that something
// happened stays (D1-14).
package erasure

import (
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// Key is an erasure: a contact that was erased with all it had absorbed.
type Key struct {
	Space   space.ID
	Contact contact.ID
}

// Stream is where it is kept what became of the erasure.
func (k Key) Stream() domain.Stream {
	return domain.StreamOf("erasure", string(k.Space), string(k.Contact))
}

// KeyOf is the erasure whose history s is.
func KeyOf(s domain.Stream) Key {
	in, id := s.Parts()
	return Key{space.ID(in), contact.ID(id)}
}

// Erasure is what its history says of it. The zero Erasure was never begun.
type Erasure struct {
	Members []contact.ID // of whom nothing is left; none: nobody was erased
	Removed bool         // what they were has left the files
}

// Command is something that can be asked of an erasure.
type Command interface {
	decide(Erasure) ([]Event, error)
}

// Event is something that happened to an erasure.
type Event interface {
	domain.Event
	evolve(Erasure) Erasure
}

// Decide answers cmd with the events that follow from it, or refuses it.
// No events and no error mean that all is already as asked.
func Decide(e Erasure, cmd Command) ([]Event, error) { return cmd.decide(e) }

// Evolve is the erasure after what happened.
func Evolve(e Erasure, what Event, _ domain.Moment) Erasure { return what.evolve(e) }

// Facts lists the events of an erasure.
var Facts = []domain.Fact{
	domain.FactOf[Erased](),
	domain.FactOf[Removed](),
}
