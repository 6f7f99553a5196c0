// Package intake is about messages from somebody unknown that came while their space
// took no more contacts in (C0-22). They are kept aside, each sender's for itself, and
// taken up when there is room.
package intake

import (
	"slices"
	"time"

	"skein/domain"
	"skein/domain/conversation"
	"skein/domain/space"
)

// Key is a sender in a space. It holds a keyed hash, for names of streams carry no
// personal data.
type Key struct {
	Space  space.ID
	Sender string
}

// Stream is where it is kept what came from the sender.
func (k Key) Stream() domain.Stream {
	return domain.StreamOf("intake", string(k.Space), k.Sender)
}

// KeyOf is the sender whose history s is.
func KeyOf(s domain.Stream) Key {
	in, sender := s.Parts()
	return Key{space.ID(in), sender}
}

// Message is a message from somebody who is known by an identity on a channel.
type Message struct {
	Message  conversation.MessageID `json:"message"`
	Channel  string                 `json:"channel"`
	Identity string                 `json:"identity"`
	Name     string                 `json:"name,omitempty"`  // in the sender's profile there
	Image    string                 `json:"image,omitempty"` // of the profile
	Subject  string                 `json:"subject,omitempty"`
	Text     string                 `json:"text,omitempty"`
	At       time.Time              `json:"at"` // when it was sent
}

// Intake is what came from a sender and waits, in that order.
type Intake struct{ Waiting []Message }

// Command is something that can be asked of an intake.
type Command interface {
	decide(Intake) ([]Event, error)
}

// Event is something that happened to an intake.
type Event interface {
	domain.Event
	evolve(Intake) Intake
	redacted(hide func(text string) string) Event
}

// Decide answers cmd with the events that follow from it, or refuses it.
// No events and no error mean that all is already as asked.
func Decide(i Intake, cmd Command) ([]Event, error) { return cmd.decide(i) }

// Evolve is the intake after e.
func Evolve(i Intake, e Event, _ domain.Moment) Intake { return e.evolve(i) }

// Redacted is how the history of a sender reads of whom nothing is to be left: that
// messages came on a channel and were taken up. Their ids are hidden.
func Redacted(history []domain.Recorded, hide func(text string) string) []domain.Recorded {
	after := slices.Clone(history)
	for i, r := range after {
		if e, is := r.Event.(Event); is {
			after[i].Event = e.redacted(hide)
		}
	}
	return after
}

// Facts lists the events of an intake.
var Facts = []domain.Fact{
	domain.FactOf[TurnedAway](),
	domain.FactOf[TakenUp](),
}
