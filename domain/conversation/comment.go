package conversation

import (
	"strings"
	"time"

	"skein/domain"
	"skein/domain/contact"
)

// Comment notes what somebody of the space says about the contact, for the space only.
type Comment struct {
	Comment MessageID
	Text    string
	At      time.Time
}

var errEmpty = domain.Refuse(domain.Invalid, "comment_empty", "A comment says something.")

func (cmd Comment) decide(c Conversation) ([]Event, error) {
	if c.knows(comment, cmd.Comment) {
		return nil, nil
	}
	if strings.TrimSpace(cmd.Text) == "" {
		return nil, errEmpty.Where("/text")
	}
	if err := fits(cmd.Comment, "", cmd.Text); err != nil {
		return nil, err
	}
	return []Event{Commented(cmd)}, nil
}

// Commented tells what somebody said about the contact.
type Commented struct {
	Comment MessageID `json:"comment"`
	Text    string    `json:"text"`
	At      time.Time `json:"at"`
}

// Kind implements domain.Event.
func (Commented) Kind() string { return "conversation.commented" }

// Interacted implements contact.Interaction. A comment touches nobody.
func (e Commented) Interacted() contact.Interacted {
	return contact.Interacted{Ref: comment.ref(e.Comment), At: e.At}
}

func (e Commented) evolve(c Conversation, _ domain.Moment) Conversation {
	return c.with(comment, e.Comment)
}

func (e Commented) redacted(r contact.Redaction) Event {
	return Commented{Comment: comment.hidden(e.Comment, r), At: e.At}
}
