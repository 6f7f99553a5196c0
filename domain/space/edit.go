package space

import (
	"errors"
	"maps"
	"slices"
	"strconv"

	"skein/domain"
	"skein/domain/organization"
)

// Edit saves changes of a space, all of them or none (C0-26). What is nil stays as
// it is.
type Edit struct {
	Name       *string
	Users      []Assign // all who are in the space afterwards
	Limit      *Limit
	WhiteLabel bool // whether the organization has that module
}

var errTwice = domain.Refuse(domain.Invalid, "user_named_twice", "A user is in the list twice. Name everybody once.")

func (cmd Edit) decide(s Space) ([]Event, error) {
	if err := s.Known(); err != nil {
		return nil, err
	}
	var e Edited
	if cmd.Name != nil {
		name, err := organization.SpaceName(*cmd.Name)
		if err != nil {
			return nil, err
		}
		if name != s.Name {
			e.Name = name
		}
	}
	if cmd.Users != nil {
		var err error
		if e.Assigned, e.Unassigned, err = s.staffed(cmd.Users); err != nil {
			return nil, err
		}
	}
	if cmd.Limit != nil {
		if err := cmd.Limit.check(cmd.WhiteLabel); err != nil {
			return nil, err
		}
		if *cmd.Limit != s.Limit {
			e.Limit = cmd.Limit
		}
	}
	if e.Name == "" && e.Assigned == nil && e.Unassigned == nil && e.Limit == nil {
		return nil, nil
	}
	return []Event{e}, nil
}

// staffed is who comes into the space or becomes something else there, and who
// goes, so that the users are in it and nobody else.
func (s Space) staffed(users []Assign) (in []Assign, out []UserID, err error) {
	staff := map[UserID]bool{}
	for i, u := range users {
		at := "/users/" + strconv.Itoa(i)
		var refused *domain.Refusal
		if err := u.check(); errors.As(err, &refused) {
			return nil, nil, refused.Where(at + refused.At)
		}
		if staff[u.User] {
			return nil, nil, errTwice.Where(at + "/user")
		}
		staff[u.User] = true
		if s.Users[u.User] != u.post() {
			in = append(in, u)
		}
	}
	for _, user := range slices.Sorted(maps.Keys(s.Users)) {
		if !staff[user] {
			out = append(out, user)
		}
	}
	return in, out, nil
}

// Edited tells what of a space is otherwise from now on.
type Edited struct {
	Name       string   `json:"name,omitempty"`
	Assigned   []Assign `json:"assigned,omitempty"`
	Unassigned []UserID `json:"unassigned,omitempty"`
	Limit      *Limit   `json:"contact_limit,omitempty"`
}

// Kind implements domain.Event.
func (Edited) Kind() string { return "space.edited" }

func (e Edited) evolve(s Space, _ domain.Moment) Space {
	if e.Name != "" {
		s.Name = e.Name
	}
	s.Users = with(s.Users)
	for _, u := range e.Assigned {
		s.Users[u.User] = u.post()
	}
	for _, user := range e.Unassigned {
		delete(s.Users, user)
	}
	if e.Limit != nil {
		s.Limit = *e.Limit
	}
	return s
}
