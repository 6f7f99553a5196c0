// Package invitation is about invitations to found an organization. Whoever runs the
// installation makes one; its code is shown once, and what is kept is a hash.
package invitation

import (
	"time"

	"skein/domain"
	"skein/domain/organization"
)

// ID identifies an invitation. It is the part of a code that is no secret.
type ID string

// Stream is where the invitation's history is kept.
func (id ID) Stream() domain.Stream { return domain.StreamOf("invitation", string(id)) }

// Actor is who asks when the code of an invitation is shown. No user is called so.
func (id ID) Actor() domain.Actor { return domain.Actor("invitation:" + id) }

// Invitation is what an invitation's history says of it. The zero Invitation is
// unknown.
type Invitation struct {
	Hash    string // of the code's secret part: SHA-256, hex
	Issued  time.Time
	Expires time.Time // from when on it cannot be accepted
	Revoked bool

	Accepted     time.Time // when it was accepted last
	Organization organization.ID
	User         organization.UserID // who administers that organization first
}

// Command is something that can be asked of an invitation.
type Command interface {
	decide(Invitation) ([]Event, error)
}

// Event is something that happened to an invitation.
type Event interface {
	domain.Event
	evolve(Invitation, domain.Moment) Invitation
}

// Decide answers cmd with the events that follow from it, or refuses it.
// No events and no error mean that all is already as asked.
func Decide(i Invitation, cmd Command) ([]Event, error) { return cmd.decide(i) }

// Evolve is the invitation after e.
func Evolve(i Invitation, e Event, m domain.Moment) Invitation { return e.evolve(i, m) }

// Facts lists the events of an invitation.
var Facts = []domain.Fact{
	domain.FactOf[Issued](),
	domain.FactOf[Accepted](),
	domain.FactOf[Revoked](),
}

// ErrUnknown refuses a code that is no invitation's. What is wrong with it is not told.
var ErrUnknown = domain.Refuse(domain.Missing, "invitation_unknown", "There is no such invitation. Check that the code is whole, or ask for another one.")
