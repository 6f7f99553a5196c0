package organization

import (
	"strings"

	"skein/domain"
)

// Found makes an organization.
type Found struct {
	Name string
}

var (
	errExists = domain.Refuse(domain.Conflict, "organization_exists", "The organization exists already.")
	errNoName = domain.Refuse(domain.Invalid, "organization_name_missing", "An organization needs a name.")
)

func (cmd Found) decide(o Organization) ([]Event, error) {
	name := strings.TrimSpace(cmd.Name)
	switch {
	case !o.Founded.IsZero():
		return nil, errExists
	case name == "":
		return nil, errNoName.Where("/name")
	}
	return []Event{Founded{name}}, nil
}

// Founded tells that an organization was made.
type Founded struct {
	Name string `json:"name"`
}

// Kind implements domain.Event.
func (Founded) Kind() string { return "organization.founded" }

func (e Founded) evolve(o Organization, m domain.Moment) Organization {
	o.Name, o.Founded = e.Name, m.At
	return o
}
