package space

import (
	"maps"
	"regexp"
	"slices"

	"skein/domain"
)

// UserID identifies a person who uses the system.
type UserID string

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

var (
	userShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

	errRole = domain.Refuse(domain.Invalid, "role_unknown", "In a space a user is an owner, a manager or an agent.")
	errUser = domain.Refuse(domain.Invalid, "user_invalid", "A user's id has 1 to 64 letters, digits, dashes and underscores; it is no name or address.")
)

func (cmd Assign) decide(s Space) ([]Event, error) {
	if err := s.Known(); err != nil {
		return nil, err
	}
	switch {
	case !userShape.MatchString(string(cmd.User)):
		return nil, errUser.Where("/user")
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
