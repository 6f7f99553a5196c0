// Package mailbox is about mailboxes: mail accounts connected to a space, whose
// mail its contacts are met by.
package mailbox

import (
	"time"

	"skein/domain"
	"skein/domain/space"
)

// ID identifies a mailbox within its space.
type ID string

// Key is where a mailbox is: its space and its id there.
type Key struct {
	Space space.ID
	ID    ID
}

// Stream is where the mailbox's history is kept.
func (k Key) Stream() domain.Stream {
	return domain.StreamOf("mailbox", string(k.Space), string(k.ID))
}

// KeyOf is the mailbox whose history s is.
func KeyOf(s domain.Stream) Key {
	in, id := s.Parts()
	return Key{space.ID(in), ID(id)}
}

// Mailbox is what a mailbox's history says of it. The zero Mailbox is unknown.
type Mailbox struct {
	Connected time.Time
	Name      string
	Account   Account
	Sealed    []byte // the password; only the installation's keys open it, and only for this mailbox
	Folders   []Folder
	Read      map[string]Cursor // by folder
	Away      map[string]Away   // by folder
}

// Account is how the mailbox's server is reached.
type Account struct {
	Host     string   `json:"host"`
	Port     int      `json:"port"`
	Security Security `json:"security"`
	User     string   `json:"user"`
}

// Security is how the way to the server is protected.
type Security string

const (
	TLS      Security = "tls"
	StartTLS Security = "starttls"
	Plain    Security = "none"
)

// Folder is a folder of a mailbox, with its full path on the server.
type Folder struct {
	Path       string `json:"path"`
	Use        string `json:"use,omitempty"` // inbox, sent, drafts, trash, junk, archive or all (RFC 6154)
	Selectable bool   `json:"selectable"`
	Messages   uint32 `json:"messages"`
}

// Cursor is how far a folder was read: UIDs up to UID, as long as the folder's
// UIDVALIDITY (RFC 9051, section 2.3.1.1) stays the same.
type Cursor struct {
	Validity uint32 `json:"validity"`
	UID      uint32 `json:"uid"`
}

// Command is something that can be asked of a mailbox.
type Command interface {
	decide(Mailbox) ([]Event, error)
}

// Event is something that happened to a mailbox.
type Event interface {
	domain.Event
	evolve(Mailbox, domain.Moment) Mailbox
}

// Decide answers cmd with the events that follow from it, or refuses it.
// No events and no error mean that all is already as asked.
func Decide(m Mailbox, cmd Command) ([]Event, error) { return cmd.decide(m) }

// Evolve is the mailbox after e.
func Evolve(m Mailbox, e Event, at domain.Moment) Mailbox { return e.evolve(m, at) }

// Facts lists the events of a mailbox.
var Facts = []domain.Fact{
	domain.FactOf[Connected](),
	domain.FactOf[FolderRead](),
	domain.FactOf[MailTurnedAway](),
	domain.FactOf[MailTakenUp](),
}

// ErrUnknown refuses what speaks of a mailbox that is not there.
var ErrUnknown = domain.Refuse(domain.Missing, "mailbox_unknown", "There is no such mailbox in this space.")
