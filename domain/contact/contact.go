// Package contact is about those a space is in touch with, and about finding
// out that two of them are one, or that one of them is two.
//
// Each contact has a history of its own. That two contacts are one is a single
// fact in the history of the one that was absorbed; what people see of the
// survivor is told from both histories together (see [Family]). That is why a
// merge can be undone exactly: nothing has to be taken back from a story that is
// told without it.
package contact

import (
	"time"

	"skein/domain"
	"skein/domain/space"
)

// ID identifies a contact within its space, for ever: it survives changes of
// every identifier, and merges (C1-22).
type ID string

// Key is where a contact is: its space and its id there.
type Key struct {
	Space space.ID
	ID    ID
}

// Stream is where the contact's own history is kept. The id of another space's
// contact names a stream that was never written.
func (k Key) Stream() domain.Stream {
	return domain.StreamOf("contact", string(k.Space), string(k.ID))
}

// KeyOf is the contact whose history, or whose conversation, s is.
func KeyOf(s domain.Stream) Key {
	in, id := s.Parts()
	return Key{space.ID(in), ID(id)}
}

// Contact is what a contact's own history says of it, or, once told with those
// it absorbed, what people see of it. The zero Contact is unknown.
type Contact struct {
	Created         time.Time       `json:"created"`
	Origin          Origin          `json:"origin,omitempty"`
	Values          map[Slot]Value  `json:"values,omitempty"`
	Touches         map[Slot]Touch  `json:"touches,omitempty"` // when it was in touch last, by the slots of its identities
	Talks           map[string]Talk `json:"talks,omitempty"`   // its conversations, by channel
	LastInteraction time.Time       `json:"last_interaction,omitzero"`
	LastIncoming    time.Time       `json:"last_incoming,omitzero"`
	LastChannel     string          `json:"last_channel,omitempty"`
	Merge           Merge           `json:"merge,omitzero"`    // into its survivor, while it is absorbed
	Void            domain.Position `json:"void,omitempty"`    // of a merge that does not count and was not taken back yet; only a Family knows it
	Apart           ID              `json:"apart,omitempty"`   // the survivor it was last taken out of
	Away            []Span          `json:"away,omitempty"`    // when it was absorbed, before
	Left            []Leaving       `json:"left,omitempty"`    // when it went alone
	Gave            map[Slot]ID     `json:"gave,omitempty"`    // what was split off, and to whom it went
	Parts           []ID            `json:"parts,omitempty"`   // the contacts that were split off it, and some that did not come to be
	Of              ID              `json:"of,omitempty"`      // the contact it was split off
	Deleted         domain.Position `json:"deleted,omitempty"` // when, in the journal
	Length          uint64          `json:"length,omitempty"`  // of its history; only a Family knows it
}

// Command is something that can be asked of a contact.
type Command interface {
	decide(Contact) ([]Event, error)
}

// Event is something that happened to a contact.
type Event interface {
	domain.Event
	evolve(Contact, domain.Moment) Contact
	redacted(Redaction) Event
}

// Decide answers cmd with the events that follow from it, or refuses it.
// No events and no error mean that all is already as asked.
func Decide(c Contact, cmd Command) ([]Event, error) { return cmd.decide(c) }

// Evolve is the contact after e.
func Evolve(c Contact, e Event, m domain.Moment) Contact { return e.evolve(c, m) }

// Facts lists the events of a contact.
var Facts = []domain.Fact{
	domain.FactOf[Created](),
	domain.FactOf[Edited](),
	domain.FactOf[Merged](),
	domain.FactOf[Unmerged](),
	domain.FactOf[Deleted](),
	domain.FactOf[InteractionsTaken](),
	domain.FactOf[Split](),
	domain.FactOf[Redacted](),
}

// Refusals.
var (
	ErrUnknown = domain.Refuse(domain.Missing, "contact_unknown", "There is no such contact in this space.")
	ErrDeleted = domain.Refuse(domain.Gone, "contact_deleted", "The contact was deleted.")
	ErrMerged  = domain.Refuse(domain.Conflict, "contact_merged", "The contact was merged into another one. Ask it of the survivor.")
)

// Standing refuses what is asked of contacts that are unknown, deleted or part
// of another one; the refusal of those names the survivor.
func (c Contact) Standing() error {
	switch {
	case c.Created.IsZero():
		return ErrUnknown
	case c.Deleted > 0:
		return ErrDeleted
	case c.Merge.Into != "":
		return ErrMerged.Naming("survivor", string(c.Merge.Into))
	}
	return nil
}
