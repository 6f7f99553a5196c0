package organization

import (
	"slices"

	"skein/domain"
)

// OpenSpace adds a space to an organization. It is the last step of creating
// one: a space that no organization has opened is nowhere to be seen.
type OpenSpace struct {
	ID   SpaceID
	Name string
}

var (
	errSpaceName  = domain.Refuse(domain.Invalid, "space_name_invalid", "A space's name has 1 to 100 characters on one line.")
	errSpaceTaken = domain.Refuse(domain.Conflict, "space_name_taken", "A space of this organization goes by this name already. Choose another one.")
)

// SpaceName is the name a space goes by when it is asked to go by name, or a
// refusal: names have 1 to 100 characters on one line (C0-13).
func SpaceName(name string) (string, error) {
	kept, fit := domain.Line(name, 100)
	if !fit {
		return "", errSpaceName.Where("/name")
	}
	return kept, nil
}

func (cmd OpenSpace) decide(o Organization) ([]Event, error) {
	name, err := SpaceName(cmd.Name)
	switch {
	case err != nil:
		return nil, err
	case o.Founded.IsZero():
		return nil, ErrUnknown
	case o.Has(cmd.ID):
		return nil, nil
	case !o.Terms().Spaces && len(o.Spaces) > 0:
		return nil, ErrNoSpaces
	case o.full():
		return nil, errSpaceLimit
	case o.named(name):
		return nil, errSpaceTaken.Where("/name")
	}
	return []Event{SpaceOpened{cmd.ID, name}}, nil
}

// full reports whether the plan allows no further space (C0-12).
func (o Organization) full() bool {
	limit := o.Terms().SpaceLimit
	return limit > 0 && len(o.Spaces) >= limit
}

// SpaceOpened tells that an organization has one more space.
type SpaceOpened struct {
	Space SpaceID `json:"space"`
	Name  string  `json:"name"`
}

// Kind implements domain.Event.
func (SpaceOpened) Kind() string { return "organization.space_opened" }

func (e SpaceOpened) evolve(o Organization, _ domain.Moment) Organization {
	o.Spaces = append(slices.Clip(o.Spaces), OpenedSpace{e.Space, e.Name})
	return o
}
