// Package credential is about the tokens by which programs and people prove who
// they are. A token is shown once; what is kept is its hash.
package credential

import (
	"time"

	"skein/domain"
	"skein/domain/organization"
)

// ID identifies a credential. It is the part of a token that is no secret.
type ID string

// Stream is where the credential's history is kept.
func (id ID) Stream() domain.Stream { return domain.StreamOf("credential", string(id)) }

// Credential is what a credential's history says of it. The zero Credential
// proves nothing.
type Credential struct {
	Organization organization.ID
	Holder       domain.Actor // who asks when the token is shown
	Label        string
	Hash         string // of the token's secret part: SHA-256, hex
	Issued       time.Time
	Revoked      bool
}

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
	domain.FactOf[Revoked](),
}
