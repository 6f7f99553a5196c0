// Package conversation is about what is said and done between a contact and its
// space. It is kept beside the contact's own history, in the stream of the
// contact that stood at that moment, so that a merge moves nothing and an
// unmerge has nothing to move back (C2-75).
package conversation

import (
	"skein/domain"
	"skein/domain/contact"
)

// Stream is where the conversation with a contact is kept.
func Stream(with contact.Key) domain.Stream {
	return domain.StreamOf("conversation", string(with.Space), string(with.ID))
}

// Conversation is what a conversation's history says of it. In the zero
// Conversation nothing was said.
type Conversation struct {
	last *message
}

// message is one that was noted, and those before it. States share it: none of it
// is ever written to.
type message struct {
	id     MessageID
	before *message
}

// knows reports whether a message was noted.
func (c Conversation) knows(id MessageID) bool {
	for m := c.last; m != nil; m = m.before {
		if m.id == id {
			return true
		}
	}
	return false
}

// Command is something that can be asked of a conversation.
type Command interface {
	decide(Conversation) ([]Event, error)
}

// Event is something that happened in a conversation.
type Event interface {
	domain.Event
	evolve(Conversation, domain.Moment) Conversation
}

// Decide answers cmd with the events that follow from it, or refuses it.
// No events and no error mean that all is already as asked.
func Decide(c Conversation, cmd Command) ([]Event, error) { return cmd.decide(c) }

// Evolve is the conversation after e.
func Evolve(c Conversation, e Event, m domain.Moment) Conversation { return e.evolve(c, m) }

// Facts lists the events of a conversation.
var Facts = []domain.Fact{
	domain.FactOf[MessageReceived](),
}
