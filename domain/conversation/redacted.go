package conversation

import (
	"skein/domain"
	"skein/domain/contact"
)

// Redacted tells that what contacts said and did of whom nothing is left was taken out of
// what comes before it. Nothing else comes of it: it is there so that the history does not
// end with what is read differently from then on.
type Redacted struct{}

// Kind implements domain.Event.
func (Redacted) Kind() string { return "conversation.redacted" }

func (Redacted) evolve(c Conversation, _ domain.Moment) Conversation { return c }

func (e Redacted) redacted(contact.Redaction) Event { return e }
