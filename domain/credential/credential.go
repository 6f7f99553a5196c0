// Package credential is about the tokens by which programs and people prove who
// they are. A token is shown once; what is kept is its hash.
package credential

import (
	"time"

	"skein/domain"
	"skein/domain/organization"
	"skein/domain/space"
)

// ID identifies a credential. It is the part of a token that is no secret.
type ID string

// Stream is where the credential's history is kept.
func (id ID) Stream() domain.Stream { return domain.StreamOf("credential", string(id)) }

// Actor is who asks when a space's own credential is shown. No user is called so.
func (id ID) Actor() domain.Actor { return domain.Actor("credential:" + id) }

// Credential is what a credential's history says of it. The zero Credential
// proves nothing.
type Credential struct {
	Organization organization.ID
	Holder       domain.Actor // who asks when the token is shown
	Space        space.ID     // whose own it is, and which alone it opens; none: a user's token
	Role         space.Role   // what it is in its space
	Label        string
	Hash         string // of the token's secret part: SHA-256, hex
	Issued       time.Time
	Since        domain.Position // where it was issued
	Expires      time.Time       // from when on it proves nothing; zero: it does not end
	Revoked      bool

	OldHash  string // of the secret before the last rotation
	OldUntil time.Time
}

// Proves reports whether the secret with the given hash proves anything at a time.
func (c Credential) Proves(hash string, at time.Time) bool {
	if c.Issued.IsZero() || c.Revoked || c.expired(at) {
		return false
	}
	return c.Hash == hash || c.OldHash == hash && at.Before(c.OldUntil)
}

func (c Credential) expired(at time.Time) bool { return !c.Expires.IsZero() && !at.Before(c.Expires) }

// Command is something that can be asked of a credential.
type Command interface {
	decide(Credential) ([]Event, error)
}

// Event is something that happened to a credential.
type Event interface {
	domain.Event
	evolve(Credential, domain.Moment) Credential
}

// Decide answers cmd with the events that follow from it, or refuses it.
// No events and no error mean that all is already as asked.
func Decide(c Credential, cmd Command) ([]Event, error) { return cmd.decide(c) }

// Evolve is the credential after e.
func Evolve(c Credential, e Event, m domain.Moment) Credential { return e.evolve(c, m) }

// Facts lists the events of a credential.
var Facts = []domain.Fact{
	domain.FactOf[Issued](),
	domain.FactOf[Rotated](),
	domain.FactOf[Revoked](),
}

// ErrUnknown refuses what speaks of a credential that is not there, or not yours.
var ErrUnknown = domain.Refuse(domain.Missing, "credential_unknown", "There is no such credential.")
