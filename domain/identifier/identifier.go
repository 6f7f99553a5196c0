// Package identifier is about what names a contact: an email address, an id of
// the customer's own systems, a phone number. Each value that is unique in a
// space has a small history of its own, in which contacts claim it; the journal
// lets only one of two claims at the same moment through, and so no two contacts
// ever have it, whatever the read models know by then (C1-15).
package identifier

import (
	"time"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// Key is one value of an identifier in a space. It holds a keyed hash, for names
// of streams carry no personal data.
type Key struct {
	Space space.ID
	Kind  space.Identifier
	Hash  string
}

// Stream is where it is kept who claimed the value.
func (k Key) Stream() domain.Stream {
	return domain.StreamOf("identifier", string(k.Space), string(k.Kind), k.Hash)
}

// Identifier is what a value's history says. The zero Identifier is free.
type Identifier struct {
	Holder contact.ID
	Since  time.Time       // when it was claimed last
	At     domain.Position // where
	Past   []contact.ID    // who claimed it ever, each once, the last 20 of them
}

// mostPast is how many of those who claimed a value are remembered.
const mostPast = 20

// Command is something that can be asked of an identifier.
type Command interface {
	decide(Identifier) ([]Event, error)
}

// Event is something that happened to an identifier.
type Event interface {
	domain.Event
	evolve(Identifier, domain.Moment) Identifier
}

// Decide answers cmd with the events that follow from it, or refuses it.
// No events and no error mean that all is already as asked.
func Decide(i Identifier, cmd Command) ([]Event, error) { return cmd.decide(i) }

// Evolve is the identifier after e.
func Evolve(i Identifier, e Event, m domain.Moment) Identifier { return e.evolve(i, m) }

// Facts lists the events of an identifier.
var Facts = []domain.Fact{
	domain.FactOf[Claimed](),
	domain.FactOf[Released](),
}
