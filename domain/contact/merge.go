package contact

import (
	"maps"

	"skein/domain"
	"skein/domain/space"
)

// Absorb merges a contact into another one, its survivor. It is asked of the
// one that is absorbed, and it is one fact however much either has been through.
type Absorb struct {
	Self     ID
	Into     ID
	Survivor Contact // as it stands
	Space    space.Space
	Choices  map[string]Choice // by field; where nothing is chosen the survivor's value stays, or else the absorbed one's fills in
}

// Choice is whose value of a field a merge keeps (C2-60).
type Choice string

const (
	Survivors Choice = "survivor"
	Absorbeds Choice = "absorbed"
	Neithers  Choice = "cleared" // nobody's, which differs from choosing nothing (D1-8)
)

var (
	errItself   = domain.Refuse(domain.Invalid, "contact_is_itself", "A contact cannot be merged into itself. Name two different contacts.")
	errSurvivor = domain.Refuse(domain.Missing, "survivor_unknown", "There is no contact in this space for the other one to be merged into.")
	errChoice   = domain.Refuse(domain.Invalid, "choice_unknown", "A field's value is chosen as survivor, absorbed or cleared.")
)

func (cmd Absorb) decide(c Contact) ([]Event, error) {
	switch {
	case cmd.Self == cmd.Into:
		return nil, errItself
	case c.Created.IsZero():
		return nil, ErrUnknown
	case cmd.Survivor.Created.IsZero():
		return nil, errSurvivor
	}
	if err := cmd.Survivor.Standing(); err != nil {
		return nil, err
	}
	if c.Merge.Into == cmd.Into && maps.Equal(c.Merge.Choices, cmd.Choices) {
		return nil, nil
	}
	if err := c.Standing(); err != nil {
		return nil, err
	}
	for field, choice := range cmd.Choices {
		at := "/choices/" + pointer(field)
		if _, custom := cmd.Space.Field(field); space.Standard[field] == "" && !custom {
			return nil, errField.Where(at).Naming("field", field)
		}
		if choice != Survivors && choice != Absorbeds && choice != Neithers {
			return nil, errChoice.Where(at)
		}
	}
	return []Event{Merged{cmd.Into, cmd.Choices}}, nil
}

// Merged tells that a contact is from now on a part of its survivor.
type Merged struct {
	Survivor ID                `json:"survivor"`
	Choices  map[string]Choice `json:"choices,omitempty"`
}

// Kind implements domain.Event.
func (Merged) Kind() string { return "contact.merged" }

func (e Merged) evolve(c Contact, m domain.Moment) Contact {
	c.Merge = Merge{Into: e.Survivor, Choices: e.Choices, At: m.Position}
	return c
}

// Merge is how an absorbed contact became part of its survivor.
type Merge struct {
	Into    ID                `json:"into"`
	Choices map[string]Choice `json:"choices,omitempty"`
	At      domain.Position   `json:"at"`
}
