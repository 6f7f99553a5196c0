package organization

import (
	"slices"

	"skein/domain"
)

// DeleteSpace takes a space out of an organization, for ever: from that moment on
// nobody can enter it, and what it held is destroyed (C0-28, C0-29). It has to be
// confirmed with the name the space goes by.
type DeleteSpace struct {
	Space   SpaceID
	Name    string // that the space goes by
	Confirm string
	Usage   []Usage // until now
}

var (
	// ErrSpaceUnknown refuses what speaks of a space that the organization does
	// not have, or has no more.
	ErrSpaceUnknown = domain.Refuse(domain.Missing, "space_unknown", "There is no such space.")

	errUnconfirmed = domain.Refuse(domain.Invalid, "deletion_unconfirmed",
		"Deleting a space destroys its contacts, conversations, inboxes, mailboxes, fields and credentials, and nothing brings them back. Export first whatever will be wanted later; then confirm with exactly the space's name.")
)

func (cmd DeleteSpace) decide(o Organization) ([]Event, error) {
	switch {
	case o.Founded.IsZero():
		return nil, ErrUnknown
	case !o.Has(cmd.Space):
		return nil, ErrSpaceUnknown
	case cmd.Confirm != cmd.Name:
		return nil, errUnconfirmed.Where("/confirm")
	}
	return []Event{SpaceDeleted{cmd.Space, cmd.Usage}}, nil
}

// SpaceDeleted tells that an organization has a space no more. Its id is never
// given to another one.
type SpaceDeleted struct {
	Space SpaceID `json:"space"`
	Usage []Usage `json:"usage,omitempty"` // what it was billed for
}

// Kind implements domain.Event.
func (SpaceDeleted) Kind() string { return "organization.space_deleted" }

func (e SpaceDeleted) evolve(o Organization, _ domain.Moment) Organization {
	o.Spaces = slices.DeleteFunc(slices.Clone(o.Spaces), func(s OpenedSpace) bool { return s.ID == e.Space })
	o.Deleted = append(slices.Clip(o.Deleted), DeletedSpace{ID: e.Space})
	return o
}
