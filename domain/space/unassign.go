package space

import "skein/domain"

// Unassign takes a user out of a space.
type Unassign struct {
	User UserID `json:"user"`
}

func (cmd Unassign) decide(s Space) ([]Event, error) {
	if err := s.Known(); err != nil {
		return nil, err
	}
	if _, in := s.Users[cmd.User]; !in {
		return nil, nil
	}
	return []Event{UserUnassigned(cmd)}, nil
}

// UserUnassigned tells that a user has no role in a space any more.
type UserUnassigned Unassign

// Kind implements domain.Event.
func (UserUnassigned) Kind() string { return "space.user_unassigned" }

func (e UserUnassigned) evolve(s Space, _ domain.Moment) Space {
	s.Users = with(s.Users)
	delete(s.Users, e.User)
	return s
}
