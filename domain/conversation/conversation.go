// Package conversation is about what is said and done between a contact and its
// space. It is kept beside the contact's own history, in the stream of the
// contact that stood at that moment, so that a merge moves nothing and an
// unmerge has nothing to move back (C2-75).
//
// A contact has one conversation on each channel, which is open or closed. What a
// merge closes is told from both histories and no event of its own, so that nothing
// can be triggered by it (C2-67).
package conversation

import (
	"strings"

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
	noted notes
	open  map[string]bool // by channel, those there ever was a conversation on
}

// Knows reports whether a message was noted.
func (c Conversation) Knows(id MessageID) bool { return c.knows(message, id) }

// sort is what an id is of. Ids of different sorts can be alike.
type sort string

const (
	message sort = "message "
	comment sort = "comment "
	event   sort = "event "
)

// ref is what the interaction with the id is named by.
func (s sort) ref(id MessageID) contact.Ref { return contact.Ref(s) + contact.Ref(id) }

func (c Conversation) knows(of sort, id MessageID) bool { return c.noted.has(MessageID(of) + id) }

// Open reports whether the conversation on a channel is open.
func (c Conversation) Open(channel string) bool { return c.open[channel] }

// with is the conversation after something was noted.
func (c Conversation) with(of sort, id MessageID) Conversation {
	c.noted = c.noted.with(MessageID(of) + id)
	return c
}

// opened is the conversation after it was opened or closed on a channel.
func (c Conversation) opened(channel string, open bool) Conversation {
	after := make(map[string]bool, len(c.open)+1)
	for other, was := range c.open {
		after[other] = was
	}
	after[channel] = open
	c.open = after
	return c
}

// Command is something that can be asked of a conversation.
type Command interface {
	decide(Conversation) ([]Event, error)
}

// Event is something that happened in a conversation. Those that are something said or
// done are interactions too (see [contact.Interaction]).
type Event interface {
	domain.Event
	evolve(Conversation, domain.Moment) Conversation
	redacted(contact.Redaction) Event
}

// Decide answers cmd with the events that follow from it, or refuses it.
// No events and no error mean that all is already as asked.
func Decide(c Conversation, cmd Command) ([]Event, error) { return cmd.decide(c) }

// Evolve is the conversation after e.
func Evolve(c Conversation, e Event, m domain.Moment) Conversation { return e.evolve(c, m) }

// Redact is how an event reads of which nothing personal is to be left: that something was
// said or done on a channel, and when.
func Redact(e Event, r contact.Redaction) Event { return e.redacted(r) }

// hidden is what stands for an id once it is hidden.
func (s sort) hidden(id MessageID, r contact.Redaction) MessageID {
	return MessageID(strings.TrimPrefix(string(r.Ref(s.ref(id))), string(s)))
}

// hidden is what stands for an identity once it is hidden.
func hidden(channel, of string, r contact.Redaction) string {
	return r.Identity(contact.Identity{Channel: channel, Of: of}).Of
}

// Facts lists the events of a conversation.
var Facts = []domain.Fact{
	domain.FactOf[MessageReceived](),
	domain.FactOf[MessageSent](),
	domain.FactOf[Commented](),
	domain.FactOf[EventNoted](),
	domain.FactOf[Opened](),
	domain.FactOf[Reopened](),
	domain.FactOf[Closed](),
	domain.FactOf[Redacted](),
}
