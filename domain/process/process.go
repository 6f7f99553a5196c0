// Package process is about what takes more than one step to be whole, such as dividing
// a contact in two. Nobody can do several things at once, so what is asked is noted
// first and what became of it last; whoever finds one that did not come to its end
// goes on with it. It ends as done, or as undone: then nothing is left of its steps.
package process

import (
	"encoding/json"
	"time"

	"skein/domain"
	"skein/domain/space"
)

// ID identifies a process within its space.
type ID string

// Key is where a process is: its space and its id there.
type Key struct {
	Space space.ID
	ID    ID
}

// Stream is where the process's history is kept.
func (k Key) Stream() domain.Stream {
	return domain.StreamOf("process", string(k.Space), string(k.ID))
}

// KeyOf is the process whose history s is.
func KeyOf(s domain.Stream) Key {
	in, id := s.Parts()
	return Key{space.ID(in), ID(id)}
}

// What is a kind of process, such as "split". A kind that was started is never given
// another meaning.
type What string

// Outcome is how a process ended.
type Outcome string

const (
	Done   Outcome = "done"
	Undone Outcome = "undone" // it was refused, and what it had done was taken back
)

// Process is what a process's history says of it. The zero Process was never started.
type Process struct {
	What    What
	Asked   json.RawMessage
	By      domain.By       // who asked for it
	Alive   time.Time       // when somebody last told that it goes on
	Refused *domain.Refusal // why it turned back; nil: it did not
	Outcome Outcome         // empty: it is under way
}

// Command is something that can be asked of a process.
type Command interface {
	decide(Process) ([]Event, error)
}

// Event is something that happened to a process.
type Event interface {
	domain.Event
	evolve(Process, domain.Moment) Process
	redacted() Event
}

// Decide answers cmd with the events that follow from it, or refuses it.
// No events and no error mean that all is already as asked.
func Decide(p Process, cmd Command) ([]Event, error) { return cmd.decide(p) }

// Evolve is the process after e.
func Evolve(p Process, e Event, m domain.Moment) Process { return e.evolve(p, m) }

// Facts lists the events of a process.
var Facts = []domain.Fact{
	domain.FactOf[Started](),
	domain.FactOf[GoneOn](),
	domain.FactOf[TurnedBack](),
	domain.FactOf[Ended](),
}

// ErrUnknown refuses what is asked of a process that was never started.
var ErrUnknown = domain.Refuse(domain.Missing, "process_unknown", "There is no such process in this space.")
