package organization

import (
	"slices"

	"skein/domain"
)

// NoteDestroyed notes that nothing is left of a deleted space.
type NoteDestroyed struct {
	Space   SpaceID
	Streams int // it had in the journal
}

var errNotDeleted = domain.Refuse(domain.Conflict, "space_not_deleted", "Only a space that was deleted can be destroyed.")

func (cmd NoteDestroyed) decide(o Organization) ([]Event, error) {
	switch {
	case !o.hadOnce(cmd.Space):
		return nil, errNotDeleted
	case slices.Contains(o.Deleted, DeletedSpace{cmd.Space, true}):
		return nil, nil
	}
	return []Event{SpaceDestroyed(cmd)}, nil
}

// hadOnce reports whether the space was deleted.
func (o Organization) hadOnce(space SpaceID) bool {
	return slices.ContainsFunc(o.Deleted, func(s DeletedSpace) bool { return s.ID == space })
}

// SpaceDestroyed tells that nothing is left of a deleted space.
type SpaceDestroyed struct {
	Space   SpaceID `json:"space"`
	Streams int     `json:"streams"`
}

// Kind implements domain.Event.
func (SpaceDestroyed) Kind() string { return "organization.space_destroyed" }

func (e SpaceDestroyed) evolve(o Organization, _ domain.Moment) Organization {
	o.Deleted = slices.Clone(o.Deleted)
	for i := range o.Deleted {
		o.Deleted[i].Destroyed = o.Deleted[i].Destroyed || o.Deleted[i].ID == e.Space
	}
	return o
}
