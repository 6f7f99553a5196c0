package organization

import (
	"maps"
	"regexp"
	"slices"

	"skein/domain"
)

// UserID identifies a person who uses the system. It is no name or address.
type UserID string

// Role is what a member is in an organization.
type Role string

const (
	Admin        Role = "organization_admin"
	BillingAdmin Role = "billing_admin"
	UserAdmin    Role = "user_admin"
	Plain        Role = "member"
)

var (
	userShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

	errUser      = domain.Refuse(domain.Invalid, "user_invalid", "A user's id has 1 to 64 letters, digits, dashes and underscores; it is no name or address.")
	errRole      = domain.Refuse(domain.Invalid, "role_unknown", "In an organization a member is an organization_admin, billing_admin, user_admin or member.")
	errLastAdmin = domain.Refuse(domain.Conflict, "last_administrator", "An organization keeps at least one organization_admin. Make another member one first.")
)

// CheckUser refuses what cannot be a user's id.
func CheckUser(id UserID) error {
	if !userShape.MatchString(string(id)) {
		return errUser.Where("/user")
	}
	return nil
}

// Join makes somebody a member of an organization, in a role, or gives a member
// another role.
type Join struct {
	User UserID `json:"user"`
	Role Role   `json:"role"`
}

func (cmd Join) decide(o Organization) ([]Event, error) {
	if err := CheckUser(cmd.User); err != nil {
		return nil, err
	}
	switch {
	case o.Founded.IsZero():
		return nil, ErrUnknown
	case !slices.Contains([]Role{Admin, BillingAdmin, UserAdmin, Plain}, cmd.Role):
		return nil, errRole.Where("/role")
	case o.Members[cmd.User] == cmd.Role:
		return nil, nil
	case cmd.Role != Admin && o.lastAdmin(cmd.User):
		return nil, errLastAdmin.Where("/role")
	}
	return []Event{MemberJoined(cmd)}, nil
}

// lastAdmin reports whether nobody but the user administers the organization.
func (o Organization) lastAdmin(user UserID) bool {
	for other, role := range o.Members {
		if role == Admin && other != user {
			return false
		}
	}
	return o.Members[user] == Admin
}

// MemberJoined tells that somebody is a member in a role.
type MemberJoined Join

// Kind implements domain.Event.
func (MemberJoined) Kind() string { return "organization.member_joined" }

func (e MemberJoined) evolve(o Organization, _ domain.Moment) Organization {
	members := maps.Clone(o.Members)
	if members == nil {
		members = map[UserID]Role{}
	}
	members[e.User] = e.Role
	o.Members = members
	return o
}

// Leave takes somebody out of an organization.
type Leave struct {
	User UserID `json:"user"`
}

func (cmd Leave) decide(o Organization) ([]Event, error) {
	if _, member := o.Members[cmd.User]; !member {
		return nil, nil
	}
	if o.lastAdmin(cmd.User) {
		return nil, errLastAdmin
	}
	return []Event{MemberLeft(cmd)}, nil
}

// MemberLeft tells that somebody is no member any more.
type MemberLeft Leave

// Kind implements domain.Event.
func (MemberLeft) Kind() string { return "organization.member_left" }

func (e MemberLeft) evolve(o Organization, m domain.Moment) Organization {
	o.Members = maps.Clone(o.Members)
	delete(o.Members, e.User)
	if o.Left == nil {
		o.Left = map[UserID]domain.Position{}
	}
	o.Left[e.User] = m.Position // not cloned, as in SpaceOpened
	return o
}
