package identifier

import (
	"skein/domain"
	"skein/domain/contact"
)

// Release frees the value, if it is the contact that holds it (C1-23).
type Release struct {
	By contact.ID `json:"contact"`
}

func (cmd Release) decide(i Identifier) ([]Event, error) {
	if i.Holder != cmd.By {
		return nil, nil
	}
	return []Event{Released(cmd)}, nil
}

// Released tells that the value is free again.
type Released Release

// Kind implements domain.Event.
func (Released) Kind() string { return "identifier.released" }

func (Released) evolve(i Identifier, _ domain.Moment) Identifier {
	return Identifier{}
}
