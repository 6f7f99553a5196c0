package conversation

import (
	"time"

	"skein/domain"
	"skein/domain/contact"
)

// Open opens the conversation on a channel, or goes on with one that was closed.
type Open struct {
	Channel string
	Shown   contact.Talk // as it is told of the contact with all it absorbed
	At      time.Time
}

func (cmd Open) decide(Conversation) ([]Event, error) {
	switch cmd.Shown.State {
	case contact.Opened:
		return nil, nil
	case contact.Closed:
		return []Event{Reopened{cmd.Channel, cmd.At}}, nil
	}
	return []Event{Opened{cmd.Channel, cmd.At}}, nil
}

// opening is a message that comes or goes on a channel, which opens the conversation
// there.
func (c Conversation) opening(channel string, at time.Time, by Event) []Event {
	if c.Open(channel) {
		return []Event{by}
	}
	return []Event{Opened{channel, at}, by}
}

// Opened tells that a conversation began on a channel.
type Opened struct {
	Channel string    `json:"channel"`
	At      time.Time `json:"at"`
}

// Kind implements domain.Event.
func (Opened) Kind() string { return "conversation.opened" }

// Interacted implements contact.Interaction.
func (e Opened) Interacted() contact.Interacted {
	return contact.Interacted{Identity: contact.Identity{Channel: e.Channel}, At: e.At, Talk: contact.Opened}
}

func (e Opened) evolve(c Conversation, _ domain.Moment) Conversation {
	return c.opened(e.Channel, true)
}

func (e Opened) redacted(contact.Redaction) Event { return e }

// Reopened tells that a conversation that was closed goes on.
type Reopened struct {
	Channel string    `json:"channel"`
	At      time.Time `json:"at"`
}

// Kind implements domain.Event.
func (Reopened) Kind() string { return "conversation.reopened" }

// Interacted implements contact.Interaction.
func (e Reopened) Interacted() contact.Interacted {
	return contact.Interacted{Identity: contact.Identity{Channel: e.Channel}, At: e.At, Talk: contact.Reopened}
}

func (e Reopened) evolve(c Conversation, _ domain.Moment) Conversation {
	return c.opened(e.Channel, true)
}

func (e Reopened) redacted(contact.Redaction) Event { return e }
