package organization

import (
	"slices"

	"skein/domain"
)

// RenameSpace tells an organization the name that one of its spaces goes by now.
// What it went by before is free, and so is what it can take no more.
type RenameSpace struct {
	Space  SpaceID
	Mark   string // of its name
	Length uint64 // of the space's history that says so
}

func (cmd RenameSpace) decide(o Organization) ([]Event, error) {
	i := o.space(cmd.Space)
	if i < 0 || cmd.Length <= o.Spaces[i].Length {
		return nil, nil // it is gone, or more is known of it
	}
	s := o.Spaces[i]
	if s.Mark == cmd.Mark && !slices.ContainsFunc(s.Reserved, cmd.outlives) {
		return nil, nil
	}
	return []Event{SpaceRenamed(cmd)}, nil
}

// outlives reports whether a reservation is good for nothing any more.
func (cmd RenameSpace) outlives(r Reservation) bool { return r.Length < cmd.Length }

// SpaceRenamed tells which name a space goes by.
type SpaceRenamed struct {
	Space  SpaceID `json:"space"`
	Mark   string  `json:"mark"`
	Length uint64  `json:"length"`
}

// Kind implements domain.Event.
func (SpaceRenamed) Kind() string { return "organization.space_renamed" }

func (e SpaceRenamed) evolve(o Organization, _ domain.Moment) Organization {
	return o.changing(e.Space, func(s *OpenedSpace) {
		s.Mark, s.Name, s.Length = e.Mark, "", e.Length
		s.Reserved = slices.DeleteFunc(slices.Clone(s.Reserved), RenameSpace(e).outlives)
	})
}
