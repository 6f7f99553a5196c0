package conversation

import (
	"time"

	"skein/domain"
	"skein/domain/contact"
)

// MessageID tells one message, comment or custom event from all others of a space,
// wherever it is found and however often.
type MessageID string

// Receive notes a message from the contact, and opens the conversation on its channel
// unless it is. A message that was noted before is already so, which is why a mailbox
// can be read twice (D4-10).
type Receive struct {
	Message  MessageID
	Channel  string // by which it came, such as "email"
	Identity string // the sender's address there
	Subject  string
	Text     string
	At       time.Time // when it was sent
}

func (cmd Receive) decide(c Conversation) ([]Event, error) {
	if c.knows(message, cmd.Message) {
		return nil, nil
	}
	if err := fits(cmd.Message, cmd.Subject, cmd.Text); err != nil {
		return nil, err
	}
	return c.opening(cmd.Channel, cmd.At, MessageReceived(cmd)), nil
}

// MessageReceived tells of a message from the contact.
type MessageReceived struct {
	Message  MessageID `json:"message"`
	Channel  string    `json:"channel"`
	Identity string    `json:"identity"`
	Subject  string    `json:"subject,omitempty"`
	Text     string    `json:"text,omitempty"`
	At       time.Time `json:"at"`
}

// Kind implements domain.Event.
func (MessageReceived) Kind() string { return "conversation.message_received" }

// Interacted implements contact.Interaction.
func (e MessageReceived) Interacted() contact.Interacted {
	return contact.Interacted{Ref: message.ref(e.Message), Identity: contact.Identity{Channel: e.Channel, Of: e.Identity}, At: e.At, Way: contact.Incoming}
}

func (e MessageReceived) evolve(c Conversation, _ domain.Moment) Conversation {
	return c.with(message, e.Message)
}

func (e MessageReceived) redacted(r contact.Redaction) Event {
	return MessageReceived{Message: message.hidden(e.Message, r), Channel: e.Channel, Identity: hidden(e.Channel, e.Identity, r), At: e.At}
}
