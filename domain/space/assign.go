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

// Assign lets a user into a space, in a role (C0-18).
type Assign struct {
	User UserID `json:"user"`
	Role Role   `json:"role"`
}

var errRole = domain.Refuse(domain.Invalid, "role_unknown", "In a space a user is an owner, a manager or an agent.")

func (cmd Assign) decide(s Space) ([]Event, error) {
	if err := s.Known(); err != nil {
		return nil, err
	}
	if err := organization.CheckUser(cmd.User); err != nil {
		return nil, err
	}
	switch {
	case !slices.Contains([]Role{Owner, Manager, Agent}, cmd.Role):
		return nil, errRole.Where("/role")
	case s.Users[cmd.User] == cmd.Role:
		return nil, nil
	}
	return []Event{UserAssigned(cmd)}, nil
}

// UserAssigned tells that a user has a role in a space.
type UserAssigned Assign

// Kind implements domain.Event.
func (UserAssigned) Kind() string { return "space.user_assigned" }

func (e UserAssigned) evolve(s Space, _ domain.Moment) Space {
	s.Users = with(s.Users)
	s.Users[e.User] = e.Role
	return s
}

func with(users map[UserID]Role) map[UserID]Role {
	if users == nil {
		return map[UserID]Role{}
	}
	return maps.Clone(users)
}
