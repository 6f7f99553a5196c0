package conversation

import (
	"time"

	"skein/domain"
	"skein/domain/contact"
)

// Send notes a message to the contact that went out, and opens the conversation on its
// channel unless it is. A message that was noted before is already so.
type Send struct {
	Message  MessageID
	Channel  string
	Identity string // the address it went to
	Subject  string
	Text     string
	At       time.Time // when it was sent
}

func (cmd Send) decide(c Conversation) ([]Event, error) {
	if c.knows(message, cmd.Message) {
		return nil, nil
	}
	if err := fits(cmd.Message, cmd.Subject, cmd.Text); err != nil {
		return nil, err
	}
	return c.opening(cmd.Channel, cmd.At, MessageSent(cmd)), nil
}

// MessageSent tells of a message to the contact.
type MessageSent struct {
	Message  MessageID `json:"message"`
	Channel  string    `json:"channel"`
	Identity string    `json:"identity,omitempty"`
	Subject  string    `json:"subject,omitempty"`
	Text     string    `json:"text,omitempty"`
	At       time.Time `json:"at"`
}

// Kind implements domain.Event.
func (MessageSent) Kind() string { return "conversation.message_sent" }

// Interacted implements contact.Interaction.
func (e MessageSent) Interacted() contact.Interacted {
	return contact.Interacted{Ref: message.ref(e.Message), Identity: contact.Identity{Channel: e.Channel, Of: e.Identity}, At: e.At, Way: contact.Outgoing}
}

func (e MessageSent) evolve(c Conversation, _ domain.Moment) Conversation {
	return c.with(message, e.Message)
}

func (e MessageSent) redacted(r contact.Redaction) Event {
	return MessageSent{Message: message.hidden(e.Message, r), Channel: e.Channel, Identity: hidden(e.Channel, e.Identity, r), At: e.At}
}
