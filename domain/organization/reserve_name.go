package organization

import (
	"slices"

	"skein/domain"
)

// ReserveName reserves a name for a space that is about to take it.
type ReserveName struct {
	Space  SpaceID
	Name   SpaceNamed
	Length uint64 // of the space's history, at which it will take it
}

func (cmd ReserveName) decide(o Organization) ([]Event, error) {
	i := o.space(cmd.Space)
	if i < 0 {
		return nil, ErrSpaceUnknown
	}
	if err := o.free(cmd.Name, cmd.Space); err != nil {
		return nil, err
	}
	if slices.Contains(o.Spaces[i].Reserved, Reservation{cmd.Name.Mark, cmd.Length}) {
		return nil, nil
	}
	return []Event{NameReserved{cmd.Space, cmd.Name.Mark, cmd.Length}}, nil
}

// NameReserved tells that a space may take a name.
type NameReserved struct {
	Space  SpaceID `json:"space"`
	Mark   string  `json:"mark"`
	Length uint64  `json:"length"`
}

// Kind implements domain.Event.
func (NameReserved) Kind() string { return "organization.space_name_reserved" }

func (e NameReserved) evolve(o Organization, _ domain.Moment) Organization {
	return o.changing(e.Space, func(s *OpenedSpace) {
		s.Reserved = append(slices.Clip(s.Reserved), Reservation{e.Mark, e.Length})
	})
}
