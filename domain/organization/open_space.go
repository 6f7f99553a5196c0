package organization

import (
	"skein/domain"
)

// OpenSpace adds a space to an organization. It is the last step of creating
// one: a space that no organization has opened is nowhere to be seen.
type OpenSpace struct {
	ID   SpaceID
	Name SpaceNamed
}

func (cmd OpenSpace) decide(o Organization) ([]Event, error) {
	if _, err := SpaceName(cmd.Name.Name); err != nil {
		return nil, err
	}
	switch {
	case o.Founded.IsZero():
		return nil, ErrUnknown
	case o.Has(cmd.ID):
		return nil, nil
	case o.hadOnce(cmd.ID):
		return nil, ErrSpaceUnknown
	case !o.Terms().Spaces && len(o.Spaces) > 0:
		return nil, ErrNoSpaces
	case o.full():
		return nil, errSpaceLimit
	}
	if err := o.free(cmd.Name, ""); err != nil {
		return nil, err
	}
	return []Event{SpaceOpened{Space: cmd.ID, Mark: cmd.Name.Mark}}, nil
}

// full reports whether the plan allows no further space (C0-12).
func (o Organization) full() bool {
	limit := o.Terms().SpaceLimit
	return limit > 0 && len(o.Spaces) >= limit
}

// SpaceOpened tells that an organization has one more space.
type SpaceOpened struct {
	Space SpaceID `json:"space"`
	Name  string  `json:"name,omitempty"` // written before there were marks
	Mark  string  `json:"mark,omitempty"`
}

// Kind implements domain.Event.
func (SpaceOpened) Kind() string { return "organization.space_opened" }

func (e SpaceOpened) evolve(o Organization, _ domain.Moment) Organization {
	// Not clipped: copying the list for each of 10,000 spaces takes seconds. A history is
	// folded from its beginning, so nobody else goes on from this organization.
	o.Spaces = append(o.Spaces, OpenedSpace{ID: e.Space, Name: e.Name, Mark: e.Mark})
	return o
}
