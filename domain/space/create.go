package space

import (
	"skein/domain"
	"skein/domain/organization"
)

// Identifier is a field whose value can name one contact of a space (C1-12).
type Identifier string

const (
	Email Identifier = "email"
	ExtID Identifier = "external_id" // a value of the customer's own systems (C1-14)
	Phone Identifier = "phone"
)

// DefaultUnique is what names one contact only, unless a space chooses otherwise (C1-13).
var DefaultUnique = []Identifier{Email, ExtID}

// Create makes a space. Nobody is assigned to it (C0-14).
type Create struct {
	Organization organization.ID
	Name         string
	Unique       []Identifier // nil means DefaultUnique
}

var (
	errExists     = domain.Refuse(domain.Conflict, "space_exists", "The space exists already.")
	errIdentifier = domain.Refuse(domain.Invalid, "identifier_unknown", "A space identifies contacts by email, external_id or phone.")
	errNoUnique   = domain.Refuse(domain.Invalid, "identifiers_missing", "A space needs at least one of email and external_id to identify contacts by.")
)

func (cmd Create) decide(s Space) ([]Event, error) {
	if s.Known() == nil {
		return nil, errExists
	}
	if cmd.Unique == nil {
		cmd.Unique = DefaultUnique
	}
	unique, err := identifiers(cmd.Unique, "/identifiers")
	if err != nil {
		return nil, err
	}
	name, err := organization.SpaceName(cmd.Name)
	if err != nil {
		return nil, err
	}
	return []Event{Created{cmd.Organization, name, unique}}, nil
}

// Created tells that a space was made.
type Created struct {
	Organization organization.ID `json:"organization"`
	Name         string          `json:"name"`
	Unique       []Identifier    `json:"unique"`
}

// Kind implements domain.Event.
func (Created) Kind() string { return "space.created" }

func (e Created) evolve(s Space, m domain.Moment) Space {
	s.Organization, s.Name, s.Unique, s.Created = e.Organization, e.Name, e.Unique, m.At
	return s
}
