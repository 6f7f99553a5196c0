package credential

import (
	"skein/domain"
	"skein/domain/organization"
)

// Issue makes a credential for somebody who administers an organization.
type Issue struct {
	Organization organization.ID
	Holder       domain.Actor
	Label        string
	Hash         string
}

var errIssued = domain.Refuse(domain.Conflict, "credential_exists", "A credential with this id was issued already.")

func (cmd Issue) decide(c Credential) ([]Event, error) {
	if !c.Issued.IsZero() {
		return nil, errIssued
	}
	return []Event{Issued(cmd)}, nil
}

// Issued tells that a credential was made.
type Issued struct {
	Organization organization.ID `json:"organization"`
	Holder       domain.Actor    `json:"holder"`
	Label        string          `json:"label,omitempty"`
	Hash         string          `json:"hash"`
}

// Kind implements domain.Event.
func (Issued) Kind() string { return "credential.issued" }

func (e Issued) evolve(c Credential, m domain.Moment) Credential {
	return Credential{e.Organization, e.Holder, e.Label, e.Hash, m.At, false}
}
