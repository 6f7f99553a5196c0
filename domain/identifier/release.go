package identifier

import (
	"skein/domain"
	"skein/domain/contact"
)

// Release frees the value, if it is the contact that holds it and has not claimed
// it again since it gave it up (C1-23).
type Release struct {
	By     contact.ID
	Before domain.Position // where the contact gave it up; 0: it never had it
}

func (cmd Release) decide(i Identifier) ([]Event, error) {
	if i.Holder != cmd.By || cmd.Before > 0 && i.At > cmd.Before {
		return nil, nil
	}
	return []Event{Released{cmd.By}}, nil
}

// Released tells that the value is free again.
type Released struct {
	By contact.ID `json:"contact"`
}

// Kind implements domain.Event.
func (Released) Kind() string { return "identifier.released" }

func (Released) evolve(i Identifier, _ domain.Moment) Identifier {
	return Identifier{Past: i.Past}
}
