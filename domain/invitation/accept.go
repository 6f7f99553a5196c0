package invitation

import (
	"time"

	"skein/domain"
	"skein/domain/organization"
)

// Accept founds an organization by an invitation, with its first administrator. It is
// accepted once. If whoever accepted it did not get as far as an organization with an
// administrator, and could not be about to any more, it is accepted anew, for the same
// organization.
type Accept struct {
	Hash         string
	Organization organization.ID
	User         organization.UserID
	Unfinished   bool // the organization it was accepted for has nobody in it
	At           time.Time
}

// Grace is how long whoever accepted an invitation may take to found the
// organization: longer than any command takes.
const Grace = time.Minute

var (
	errAccepted = domain.Refuse(domain.Conflict, "invitation_accepted", "The invitation was accepted already. Whoever did so and got no answer sends the same again, under the same Idempotency-Key or after a minute.")
	errRevoked  = domain.Refuse(domain.Gone, "invitation_revoked", "The invitation was revoked. Ask for another one.")
	errExpired  = domain.Refuse(domain.Gone, "invitation_expired", "The invitation has expired. Ask for another one.")
)

func (cmd Accept) decide(i Invitation) ([]Event, error) {
	switch {
	case i.Issued.IsZero() || i.Hash != cmd.Hash:
		return nil, ErrUnknown
	case !i.Accepted.IsZero() && (!cmd.Unfinished || cmd.At.Sub(i.Accepted) < Grace):
		return nil, errAccepted
	case !i.Accepted.IsZero():
		return []Event{Accepted{i.Organization, cmd.User}}, nil
	case i.Revoked:
		return nil, errRevoked
	case !cmd.At.Before(i.Expires):
		return nil, errExpired
	}
	return []Event{Accepted{cmd.Organization, cmd.User}}, nil
}

// Accepted tells which organization is founded by an invitation, and who administers
// it first.
type Accepted struct {
	Organization organization.ID     `json:"organization"`
	User         organization.UserID `json:"user"`
}

// Kind implements domain.Event.
func (Accepted) Kind() string { return "invitation.accepted" }

func (e Accepted) evolve(i Invitation, m domain.Moment) Invitation {
	i.Organization, i.User, i.Accepted = e.Organization, e.User, m.At
	return i
}
