// Package audit is about the log that administrators can look up: who did what, and
// who tried to, from where. An entry holds ids only, so it can stay when what it
// speaks of is deleted: a user, a credential, a contact, a space (D5-4).
package audit

import (
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/credential"
	"skein/domain/mailbox"
	"skein/domain/organization"
	"skein/domain/space"
)

// Stream is where one entry of an organization's log is kept. Each has a stream of
// its own: nothing has to be known of the log to add to it, and an entry that is
// added twice under the same id is there once.
func Stream(of organization.ID, id string) domain.Stream {
	return domain.StreamOf("audit", string(of), id)
}

// Outcome is what came of something that was asked.
type Outcome string

const (
	Done    Outcome = "done"
	Refused Outcome = "refused" // because of who asked
	Failed  Outcome = "failed"  // by a fault of ours, or still under way: it may have taken effect or not, or takes it later
)

// Local is the address of those who work on the installation itself.
const Local = "local"

// MoreRefused is the action of an entry that counts refused attempts of an actor
// which were too many to be noted one by one.
const MoreRefused = "moreRefused"

// Noted tells that somebody did something, or tried to. Who, when and by which
// request is told by its moment.
type Noted struct {
	Action  string  `json:"action"` // as the description of the API names it
	Outcome Outcome `json:"outcome"`
	Code    string  `json:"code,omitempty"` // of the refusal
	Address string  `json:"address"`        // that the request came from, or Local
	More    int     `json:"more,omitempty"` // how many refused attempts it stands for, with MoreRefused
	About
}

// Kind implements domain.Event.
func (Noted) Kind() string { return "audit.noted" }

// About is what an entry speaks of.
type About struct {
	Space      space.ID        `json:"space,omitempty"`
	Contact    contact.ID      `json:"contact,omitempty"`
	Absorbed   contact.ID      `json:"absorbed,omitempty"` // by the contact
	Merge      contact.MergeID `json:"merge,omitempty"`    // id of a merge or of a batch of them
	Other      contact.ID      `json:"other,omitempty"`    // that was judged beside the contact
	Users      []User          `json:"users,omitempty"`
	Credential credential.ID   `json:"credential,omitempty"`
	Mailbox    mailbox.ID      `json:"mailbox,omitempty"`
	Setting    string          `json:"setting,omitempty"` // what was set: a plan, or a module
}

// User is somebody, and what was asked for them.
type User struct {
	ID         organization.UserID `json:"user"`
	Role       string              `json:"role,omitempty"`
	NoExport   bool                `json:"no_export,omitempty"`
	NoDeletion bool                `json:"no_deletion,omitempty"`
}

// Facts lists the events of audit logs.
var Facts = []domain.Fact{domain.FactOf[Noted]()}
