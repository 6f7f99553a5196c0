// Package organization is about organizations: the customers, each with its
// members and its spaces.
package organization

import (
	"time"

	"skein/domain"
)

// ID identifies an organization.
type ID string

// SpaceID identifies a space of an organization.
type SpaceID string

// Stream is where the organization's history is kept.
func (id ID) Stream() domain.Stream { return domain.StreamOf("organization", string(id)) }

// Organization is what an organization's history says of it. The zero
// Organization is unknown.
type Organization struct {
	Name    string
	Founded time.Time
	Plan    Plan
	Modules []Module
	Members map[UserID]Role
	Left    map[UserID]domain.Position // where somebody was last taken out of it
	Spaces  []OpenedSpace
	Deleted []DeletedSpace
}

// DeletedSpace is a space that an organization once had.
type DeletedSpace struct {
	ID        SpaceID
	Destroyed bool // nothing is left of it
}

// Command is something that can be asked of an organization.
type Command interface {
	decide(Organization) ([]Event, error)
}

// Event is something that happened to an organization.
type Event interface {
	domain.Event
	evolve(Organization, domain.Moment) Organization
}

// Decide answers cmd with the events that follow from it, or refuses it.
// No events and no error mean that all is already as asked.
func Decide(o Organization, cmd Command) ([]Event, error) { return cmd.decide(o) }

// Evolve is the organization after e.
func Evolve(o Organization, e Event, m domain.Moment) Organization { return e.evolve(o, m) }

// Facts lists the events of an organization.
var Facts = []domain.Fact{
	domain.FactOf[Founded](),
	domain.FactOf[PlanChanged](),
	domain.FactOf[ModuleSwitched](),
	domain.FactOf[MemberJoined](),
	domain.FactOf[MemberLeft](),
	domain.FactOf[SpaceOpened](),
	domain.FactOf[NameReserved](),
	domain.FactOf[SpaceRenamed](),
	domain.FactOf[SpaceDeleted](),
	domain.FactOf[SpaceDestroyed](),
}

// ErrUnknown refuses what speaks of an organization that is not there, or not yours.
var ErrUnknown = domain.Refuse(domain.Missing, "organization_unknown", "There is no such organization.")
