package erasure

import (
	"slices"

	"skein/domain"
	"skein/domain/contact"
)

// Erase notes that nothing is to be left of a contact and of all that went with it.
type Erase struct {
	Members []contact.ID // the contact, and all that went with it
	Streams int          // in how many histories they are
	Reason  string       // what people say why, on one line; empty: nothing
}

var (
	errNobody = domain.Refuse(domain.Invalid, "erasure_empty", "Name the contact to erase.")
	errReason = domain.Refuse(domain.Invalid, "reason_invalid", "A reason has at most 200 characters, on one line. Say nothing of the person in it: it stays.")
)

func (cmd Erase) decide(e Erasure) ([]Event, error) {
	if len(e.Members) > 0 {
		return nil, nil
	}
	if len(cmd.Members) == 0 {
		return nil, errNobody
	}
	reason, fit := domain.Line(cmd.Reason, 200)
	if !fit && cmd.Reason != "" {
		return nil, errReason.Where("/reason")
	}
	return []Event{Erased{slices.Clone(cmd.Members), cmd.Streams, reason}}, nil
}

// Erased tells that nothing is left of contacts in what people and programs read.
type Erased struct {
	Members []contact.ID `json:"members"`
	Streams int          `json:"streams"`
	Reason  string       `json:"reason,omitempty"` // what people said why
}

// Kind implements domain.Event.
func (Erased) Kind() string { return "erasure.erased" }

func (e Erased) evolve(Erasure) Erasure { return Erasure{Members: e.Members} }
