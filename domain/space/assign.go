package space

import (
	"maps"
	"slices"

	"skein/domain"
	"skein/domain/organization"
)

// UserID identifies a person who uses the system.
type UserID = organization.UserID

// Role is what a user is in a space.
type Role string

const (
	Owner   Role = "owner"
	Manager Role = "manager"
	Agent   Role = "agent"
)

// Post is what a user is in a space, and what of it is withheld. The zero Post is
// that of somebody who is not in the space.
type Post struct {
	Role       Role
	NoExport   bool // of a manager: may not export contacts (C2-45)
	NoDeletion bool // of a manager: may not delete contacts (C2-54)
}

// Assign lets a user into a space, in a role (C0-18).
type Assign struct {
	User       UserID `json:"user"`
	Role       Role   `json:"role"`
	NoExport   bool   `json:"no_export,omitempty"`
	NoDeletion bool   `json:"no_deletion,omitempty"`
}

var (
	errRole       = domain.Refuse(domain.Invalid, "role_unknown", "In a space a user is an owner, a manager or an agent.")
	errRestricted = domain.Refuse(domain.Invalid, "restriction_not_for_role", "Only managers can be kept from exporting or deleting contacts: owners may do both, and agents neither.")
)

func (cmd Assign) decide(s Space) ([]Event, error) {
	if err := s.Known(); err != nil {
		return nil, err
	}
	if err := cmd.check(); err != nil {
		return nil, err
	}
	if s.Users[cmd.User] == cmd.post() {
		return nil, nil
	}
	return []Event{UserAssigned(cmd)}, nil
}

// check refuses what nobody can be assigned as, whatever the space.
func (cmd Assign) check() error {
	switch {
	case organization.CheckUser(cmd.User) != nil:
		return organization.CheckUser(cmd.User)
	case !slices.Contains([]Role{Owner, Manager, Agent}, cmd.Role):
		return errRole.Where("/role")
	case cmd.NoExport && cmd.Role != Manager:
		return errRestricted.Where("/no_export")
	case cmd.NoDeletion && cmd.Role != Manager:
		return errRestricted.Where("/no_deletion")
	}
	return nil
}

func (cmd Assign) post() Post { return Post{cmd.Role, cmd.NoExport, cmd.NoDeletion} }

// UserAssigned tells that a user has a role in a space.
type UserAssigned Assign

// Kind implements domain.Event.
func (UserAssigned) Kind() string { return "space.user_assigned" }

func (e UserAssigned) evolve(s Space, _ domain.Moment) Space {
	s.Users = with(s.Users)
	s.Users[e.User] = Assign(e).post()
	return s
}

func with(users map[UserID]Post) map[UserID]Post {
	if users == nil {
		return map[UserID]Post{}
	}
	return maps.Clone(users)
}
