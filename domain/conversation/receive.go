package conversation

import (
	"time"

	"skein/domain"
	"skein/domain/contact"
)

// MessageID tells one message from all others of a space, wherever it is found
// and however often.
type MessageID string

// Receive notes a message from the contact. A message that was noted before is
// already so, which is why a mailbox can be read twice (D4-10).
type Receive struct {
	Message  MessageID
	Channel  string // by which it came, such as "email"
	Identity string // the sender's address there
	Subject  string
	At       time.Time // when it was sent
}

func (cmd Receive) decide(c Conversation) ([]Event, error) {
	if c.knows(cmd.Message) {
		return nil, nil
	}
	return []Event{MessageReceived(cmd)}, nil
}

// MessageReceived tells of a message from the contact.
type MessageReceived struct {
	Message  MessageID `json:"message"`
	Channel  string    `json:"channel"`
	Identity string    `json:"identity"`
	Subject  string    `json:"subject,omitempty"`
	At       time.Time `json:"at"`
}

// Kind implements domain.Event.
func (MessageReceived) Kind() string { return "conversation.message_received" }

// InteractedAt implements contact.Interaction.
func (e MessageReceived) InteractedAt() time.Time { return e.At }

var _ contact.Interaction = MessageReceived{}

func (e MessageReceived) evolve(c Conversation, _ domain.Moment) Conversation {
	return Conversation{&message{e.Message, c.last}}
}
