// Package installation is about the installation itself: which master key its
// journal goes with.
package installation

import "skein/domain"

// Stream is where the installation's history is kept.
const Stream domain.Stream = "installation-1"

// Installation is what the history of the installation says of it. The zero
// Installation was never started.
type Installation struct {
	Fingerprint string // of the key that names streams and opens secrets
}

// Command is something that can be asked of an installation.
type Command interface {
	decide(Installation) ([]Event, error)
}

// Event is something that happened to an installation.
type Event interface {
	domain.Event
	evolve(Installation, domain.Moment) Installation
}

// Decide answers cmd with the events that follow from it, or refuses it.
// No events and no error mean that all is already as asked.
func Decide(i Installation, cmd Command) ([]Event, error) { return cmd.decide(i) }

// Evolve is the installation after e.
func Evolve(i Installation, e Event, m domain.Moment) Installation { return e.evolve(i, m) }

// Facts lists the events of an installation.
var Facts = []domain.Fact{domain.FactOf[Keyed]()}
