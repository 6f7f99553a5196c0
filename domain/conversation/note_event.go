package conversation

import (
	"time"
	"unicode/utf8"

	"skein/domain"
	"skein/domain/contact"
)

// NoteEvent notes that the contact did something elsewhere, such as placing an order.
type NoteEvent struct {
	Event    MessageID
	Name     string
	Data     map[string]string
	Channel  string // by which it is known, if by one
	Identity string
	At       time.Time
}

const (
	maxData = 100    // entries of an event
	maxText = 65_536 // characters of a text, or of all that an event says
)

var (
	errName = domain.Refuse(domain.Invalid, "event_name_invalid", "The name of an event has 1 to 100 characters on one line.")
	errData = domain.Refuse(domain.Invalid, "event_data_invalid", "An event has at most 100 entries with names of 1 to 100 characters, and 65,536 characters in all.")
	errID   = domain.Refuse(domain.Invalid, "interaction_id_invalid", "The id of a message, comment or event has 1 to 200 characters on one line.")
	errText = domain.Refuse(domain.Invalid, "text_too_long", "A subject has at most 1,000 characters and a text 65,536, all of them readable.")
)

func (cmd NoteEvent) decide(c Conversation) ([]Event, error) {
	if c.knows(event, cmd.Event) {
		return nil, nil
	}
	if name, fit := domain.Line(cmd.Name, 100); !fit || name != cmd.Name {
		return nil, errName.Where("/name")
	}
	size := 0
	for key, value := range cmd.Data {
		size += utf8.RuneCountInString(key) + utf8.RuneCountInString(value)
		if _, fit := domain.Line(key, 100); !fit || !utf8.ValidString(value) {
			return nil, errData.Where("/data")
		}
	}
	if len(cmd.Data) > maxData || size > maxText {
		return nil, errData.Where("/data")
	}
	if err := fits(cmd.Event, "", ""); err != nil {
		return nil, err
	}
	return []Event{EventNoted(cmd)}, nil
}

// fits refuses an id or a text that is none.
func fits(id MessageID, subject, text string) error {
	switch kept, fit := domain.Line(string(id), 200); {
	case !fit || kept != string(id):
		return errID.Where("/id")
	case utf8.RuneCountInString(subject) > 1000 || !utf8.ValidString(subject):
		return errText.Where("/subject")
	case utf8.RuneCountInString(text) > maxText || !utf8.ValidString(text):
		return errText.Where("/text")
	}
	return nil
}

// EventNoted tells that the contact did something elsewhere.
type EventNoted struct {
	Event    MessageID         `json:"event"`
	Name     string            `json:"name"`
	Data     map[string]string `json:"data,omitempty"`
	Channel  string            `json:"channel,omitempty"`
	Identity string            `json:"identity,omitempty"`
	At       time.Time         `json:"at"`
}

// Kind implements domain.Event.
func (EventNoted) Kind() string { return "conversation.event_noted" }

// Interacted implements contact.Interaction.
func (e EventNoted) Interacted() contact.Interacted {
	return contact.Interacted{Ref: event.ref(e.Event), Identity: contact.Identity{Channel: e.Channel, Of: e.Identity}, At: e.At, Way: contact.Done}
}

func (e EventNoted) evolve(c Conversation, _ domain.Moment) Conversation {
	return c.with(event, e.Event)
}

func (e EventNoted) redacted(r contact.Redaction) Event {
	return EventNoted{Event: event.hidden(e.Event, r), Channel: e.Channel, Identity: hidden(e.Channel, e.Identity, r), At: e.At}
}
