package contact

import (
	"skein/domain"
	"skein/domain/space"
)

// Origin is where a contact came from. Nothing automatic starts for contacts
// that people added by hand or by an import (C2-19).
type Origin string

const (
	ByHand    Origin = "manual"
	ByImport  Origin = "import"
	ByMail    Origin = "mail"
	ByMessage Origin = "message" // on any other channel
	BySplit   Origin = "split"   // off another contact
)

// Create makes a contact known to its space. Its identifiers have been claimed
// for it beforehand.
type Create struct {
	Space      space.Space // as it stands
	Fields     map[string]string
	Tags       []string
	Identities []Identity
	Origin     Origin
	Of         ID // the contact it is split off, if it is
}

var (
	errExists = domain.Refuse(domain.Conflict, "contact_exists", "A contact with this id exists already.")
	errBlank  = domain.Refuse(domain.Invalid, "contact_empty", "A contact needs at least one value.")
	errAlone  = domain.Refuse(domain.Invalid, "identifier_missing", "In this space an email address can belong to several contacts, so it cannot be all that is known of one. Add an external_id.")
)

func (cmd Create) decide(c Contact) ([]Event, error) {
	if err := cmd.Space.Known(); err != nil {
		return nil, err
	}
	if !c.Created.IsZero() {
		return nil, errExists
	}
	says, err := said(cmd.Space, cmd.Fields, cmd.Tags, nil)
	if err != nil {
		return nil, err
	}
	if err := linked(cmd.Space, says, cmd.Identities, on); err != nil {
		return nil, err
	}
	if empty(says) {
		return nil, errBlank.Where("/fields")
	}
	if err := identified(cmd.Space, says); err != nil && cmd.Origin != ByMail && cmd.Origin != BySplit {
		return nil, err // whoever wrote a mail is named by the address it came from
	}
	for slot, text := range says {
		if text == "" {
			delete(says, slot)
		}
	}
	return []Event{Created{cmd.Origin, says, cmd.Of}}, nil
}

// Created tells that a contact became known to its space.
type Created struct {
	Origin Origin          `json:"origin"`
	Says   map[Slot]string `json:"says"`
	Of     ID              `json:"of,omitempty"` // the contact it was split off
}

// Kind implements domain.Event.
func (Created) Kind() string { return "contact.created" }

func (e Created) evolve(c Contact, m domain.Moment) Contact {
	c.Created, c.Origin, c.Of, c.Values = m.At, e.Origin, e.Of, with(c.Values, e.Says, m.Position)
	return c
}

func (e Created) redacted(r Redaction) Event {
	e.Says = r.says(e.Says)
	return e
}
