package invitation

import "skein/domain"

// Revoke takes back an invitation that nobody has accepted.
type Revoke struct{}

var errTooLate = domain.Refuse(domain.Conflict, "invitation_accepted", "The invitation was accepted already: the organization is there.")

func (Revoke) decide(i Invitation) ([]Event, error) {
	switch {
	case i.Issued.IsZero():
		return nil, ErrUnknown
	case !i.Accepted.IsZero():
		return nil, errTooLate
	case i.Revoked:
		return nil, nil
	}
	return []Event{Revoked{}}, nil
}

// Revoked tells that an invitation cannot be accepted any more.
type Revoked struct{}

// Kind implements domain.Event.
func (Revoked) Kind() string { return "invitation.revoked" }

func (Revoked) evolve(i Invitation, _ domain.Moment) Invitation {
	i.Revoked = true
	return i
}
