// Package inbox is about Custom Inboxes: views of a space's contacts that keep
// themselves, each by a filter that somebody saved (C2-41).
package inbox

import (
	"time"

	"skein/domain"
	"skein/domain/space"
)

// ID identifies an inbox within its space.
type ID string

// Key is where an inbox is: its space and its id there.
type Key struct {
	Space space.ID
	ID    ID
}

// Stream is where the inbox's history is kept.
func (k Key) Stream() domain.Stream {
	return domain.StreamOf("inbox", string(k.Space), string(k.ID))
}

// KeyOf is the inbox whose history s is.
func KeyOf(s domain.Stream) Key {
	in, id := s.Parts()
	return Key{space.ID(in), ID(id)}
}

// Inbox is what an inbox's history says of it. The zero Inbox is unknown.
type Inbox struct {
	Name    string
	Filter  Filter
	Saved   time.Time
	Deleted bool
}

// Command is something that can be asked of an inbox.
type Command interface {
	decide(Inbox) ([]Event, error)
}

// Event is something that happened to an inbox.
type Event interface {
	domain.Event
	evolve(Inbox, domain.Moment) Inbox
}

// Decide answers cmd with the events that follow from it, or refuses it.
// No events and no error mean that all is already as asked.
func Decide(i Inbox, cmd Command) ([]Event, error) { return cmd.decide(i) }

// Evolve is the inbox after e.
func Evolve(i Inbox, e Event, m domain.Moment) Inbox { return e.evolve(i, m) }

// Facts lists the events of an inbox.
var Facts = []domain.Fact{
	domain.FactOf[Saved](),
	domain.FactOf[Deleted](),
}

// ErrUnknown refuses what speaks of an inbox that is not there.
var ErrUnknown = domain.Refuse(domain.Missing, "inbox_unknown", "There is no such inbox in this space.")
