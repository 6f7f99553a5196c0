package invitation

import (
	"time"

	"skein/domain"
)

// Issue makes an invitation.
type Issue struct {
	Hash    string
	Note    string // what it is for
	Expires time.Time
	At      time.Time
}

var (
	errIssued  = domain.Refuse(domain.Conflict, "invitation_exists", "An invitation with this id was issued already.")
	errNote    = domain.Refuse(domain.Invalid, "note_invalid", "A note is one line of at most 100 characters.")
	errExpires = domain.Refuse(domain.Invalid, "expiry_past", "An invitation expires in the future.")
)

// maxNote is how many letters a note has at most.
const maxNote = 100

func (cmd Issue) decide(i Invitation) ([]Event, error) {
	note, fit := domain.Line(cmd.Note, maxNote)
	switch {
	case !i.Issued.IsZero():
		return nil, errIssued
	case !fit && cmd.Note != "":
		return nil, errNote.Where("/note")
	case !cmd.Expires.After(cmd.At):
		return nil, errExpires.Where("/expires")
	}
	return []Event{Issued{cmd.Hash, note, cmd.Expires}}, nil
}

// Issued tells that an invitation was made.
type Issued struct {
	Hash    string    `json:"hash"`
	Note    string    `json:"note,omitempty"`
	Expires time.Time `json:"expires"`
}

// Kind implements domain.Event.
func (Issued) Kind() string { return "invitation.issued" }

func (e Issued) evolve(_ Invitation, m domain.Moment) Invitation {
	return Invitation{Hash: e.Hash, Issued: m.At, Expires: e.Expires}
}
