package contact

import (
	"skein/domain"
	"skein/domain/space"
)

// Edit changes values of a contact. What is said again is recorded again: an
// equal value may have come from a contact that was merged into this one, and
// from then on it is this one's own.
type Edit struct {
	Space  space.Space       // as it stands
	Fields map[string]string // an empty value clears the field
	Tag    []string          // tags to add
	Untag  []string          // tags to remove
	Link   []Identity        // identities it has from now on
	Unlink []Identity        // and has not any more
}

func (cmd Edit) decide(c Contact) ([]Event, error) {
	if err := c.Standing(); err != nil {
		return nil, err
	}
	says, err := said(cmd.Space, cmd.Fields, cmd.Tag, cmd.Untag)
	if err == nil {
		err = linked(cmd.Space, says, cmd.Link, on)
	}
	if err == nil {
		err = linked(cmd.Space, says, cmd.Unlink, "")
	}
	if err != nil || len(says) == 0 {
		return nil, err
	}
	return []Event{Edited{Says: says}}, nil
}

// Edited tells that values of a contact were changed.
type Edited struct {
	Says map[Slot]string `json:"says"`
	Back ID              `json:"back,omitempty"` // the contact it was split off to, that is not to be
}

// Kind implements domain.Event.
func (Edited) Kind() string { return "contact.edited" }

func (e Edited) evolve(c Contact, m domain.Moment) Contact {
	c.Values = with(c.Values, e.Says, m.Position)
	for slot := range e.Says {
		if e.Back != "" && c.Gave[slot] == e.Back {
			c.Gave = set(c.Gave, slot, "")
		}
	}
	return c
}

func (e Edited) redacted(r Redaction) Event {
	e.Says = r.says(e.Says)
	return e
}
