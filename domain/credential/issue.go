package credential

import (
	"slices"
	"time"

	"skein/domain"
	"skein/domain/organization"
	"skein/domain/space"
)

// Issue makes a credential: a user's token, which acts in whatever roles the user
// has then, or one of a space's own, which is in that space what its role says.
type Issue struct {
	Organization organization.ID
	Holder       domain.Actor
	Space        space.ID
	Role         space.Role
	Label        string
	Hash         string
	Expires      time.Time
	At           time.Time
}

var (
	errIssued  = domain.Refuse(domain.Conflict, "credential_exists", "A credential with this id was issued already.")
	errLabel   = domain.Refuse(domain.Invalid, "label_invalid", "A label is one line of 1 to 100 characters.")
	errRole    = domain.Refuse(domain.Invalid, "role_unknown", "In a space a credential is an owner, manager or agent.")
	errExpires = domain.Refuse(domain.Invalid, "expiry_past", "A credential expires in the future. Leave it out for one that does not expire.")
)

// maxLabel is how many letters a label has at most.
const maxLabel = 100

func (cmd Issue) decide(c Credential) ([]Event, error) {
	label, fit := domain.Line(cmd.Label, maxLabel)
	switch {
	case !c.Issued.IsZero():
		return nil, errIssued
	case !fit && (cmd.Label != "" || cmd.Space != ""):
		return nil, errLabel.Where("/label")
	case cmd.Space != "" && !slices.Contains([]space.Role{space.Owner, space.Manager, space.Agent}, cmd.Role):
		return nil, errRole.Where("/role")
	case !cmd.Expires.IsZero() && !cmd.Expires.After(cmd.At):
		return nil, errExpires.Where("/expires")
	}
	return []Event{Issued{cmd.Organization, cmd.Holder, cmd.Space, cmd.Role, label, cmd.Hash, cmd.Expires}}, nil
}

// Issued tells that a credential was made.
type Issued struct {
	Organization organization.ID `json:"organization"`
	Holder       domain.Actor    `json:"holder"`
	Space        space.ID        `json:"space,omitempty"`
	Role         space.Role      `json:"role,omitempty"`
	Label        string          `json:"label,omitempty"`
	Hash         string          `json:"hash"`
	Expires      time.Time       `json:"expires,omitzero"`
}

// Kind implements domain.Event.
func (Issued) Kind() string { return "credential.issued" }

func (e Issued) evolve(_ Credential, m domain.Moment) Credential {
	return Credential{
		Organization: e.Organization, Holder: e.Holder, Space: e.Space, Role: e.Role,
		Label: e.Label, Hash: e.Hash, Issued: m.At, Since: m.Position, Expires: e.Expires,
	}
}
