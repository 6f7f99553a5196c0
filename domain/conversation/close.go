package conversation

import (
	"time"

	"skein/domain"
	"skein/domain/contact"
)

// Close closes the conversation on a channel.
type Close struct {
	Channel string
	Reason  string
	Shown   contact.Talk // as it is told of the contact with all it absorbed
	At      time.Time
}

var (
	errReason = domain.Refuse(domain.Invalid, "reason_invalid", `The reason why a conversation is closed has 1 to 100 characters on one line, and is not "merge", which only merges give.`)
	errNone   = domain.Refuse(domain.Conflict, "conversation_unknown", "There was no conversation with this contact on this channel yet.")
)

func (cmd Close) decide(Conversation) ([]Event, error) {
	reason, fit := domain.Line(cmd.Reason, 100)
	switch {
	case !fit || domain.Fold(reason) == contact.ByMerge:
		return nil, errReason.Where("/reason")
	case cmd.Shown.State == "":
		return nil, errNone
	case cmd.Shown.State == contact.Closed:
		return nil, nil
	}
	return []Event{Closed{cmd.Channel, reason, cmd.At}}, nil
}

// Closed tells that a conversation was closed, and why.
type Closed struct {
	Channel string    `json:"channel"`
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
}

// Kind implements domain.Event.
func (Closed) Kind() string { return "conversation.closed" }

// Interacted implements contact.Interaction.
func (e Closed) Interacted() contact.Interacted {
	return contact.Interacted{Identity: contact.Identity{Channel: e.Channel}, At: e.At, Talk: contact.Closed, Reason: e.Reason}
}

func (e Closed) evolve(c Conversation, _ domain.Moment) Conversation {
	return c.opened(e.Channel, false)
}

func (e Closed) redacted(contact.Redaction) Event { return Closed{Channel: e.Channel, At: e.At} }
