// Package space is about spaces: the rooms of an organization in which its
// contacts, channels, mailboxes, inboxes and campaigns live.
package space

import (
	"slices"
	"time"

	"skein/domain"
	"skein/domain/organization"
)

// ID identifies a space.
type ID string

// Stream is where the space's own history is kept.
func (id ID) Stream() domain.Stream { return domain.StreamOf("space", string(id)) }

// Space is what a space's history says of it. The zero Space is unknown.
type Space struct {
	Organization organization.ID
	Name         string
	Created      time.Time
	Unique       []Identifier    // what names one contact only
	Identified   domain.Position // where that was changed last; 0: it is as at the beginning
	Tightened    domain.Position // since where everybody has claimed values as it is now
	Tightening   Tightening      // what it is about to become
	Fields       []Field         // the custom ones, in the order they were defined
	Channels     []Channel       `json:",omitempty"` // beside mail, in the order they were added
	AutoMerge    bool            `json:",omitempty"` // whoever turns out to be one is merged (C1-21)
	Limit        Limit           // lies dormant while the organization has not the module white_label
	Users        map[UserID]Post `json:"-"` // no concern of those who keep the rest beside contacts
}

// Command is something that can be asked of a space.
type Command interface {
	decide(Space) ([]Event, error)
}

// Event is something that happened to a space.
type Event interface {
	domain.Event
	evolve(Space, domain.Moment) Space
}

// Decide answers cmd with the events that follow from it, or refuses it.
// No events and no error mean that all is already as asked.
func Decide(s Space, cmd Command) ([]Event, error) { return cmd.decide(s) }

// Evolve is the space after e.
func Evolve(s Space, e Event, m domain.Moment) Space { return e.evolve(s, m) }

// Facts lists the events of a space.
var Facts = []domain.Fact{
	domain.FactOf[AutoMergeSet](),
	domain.FactOf[ChannelAdded](),
	domain.FactOf[Created](),
	domain.FactOf[Edited](),
	domain.FactOf[FieldDefined](),
	domain.FactOf[IdentifiersChanged](),
	domain.FactOf[IdentifiersKept](),
	domain.FactOf[IdentifiersTightening](),
	domain.FactOf[UserAssigned](),
	domain.FactOf[UserUnassigned](),
}

// ErrUnknown refuses what speaks of a space that is not there, or not yours.
var ErrUnknown = organization.ErrSpaceUnknown

// Known refuses with ErrUnknown when the space is not there.
func (s Space) Known() error {
	if s.Created.IsZero() {
		return ErrUnknown
	}
	return nil
}

// Names reports whether a value of the identifier names one contact only.
func (s Space) Names(i Identifier) bool { return slices.Contains(s.Unique, i) }

// Field is the custom field with the given key.
func (s Space) Field(key string) (Field, bool) {
	i := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Key == key })
	if i < 0 {
		return Field{}, false
	}
	return s.Fields[i], true
}
