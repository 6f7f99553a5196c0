package credential

import (
	"time"

	"skein/domain"
)

// Rotate gives a credential a new secret. The one it has is good for the overlap
// yet, so that whoever uses it can change over; one from before that is not, so at
// most two are good at a time.
type Rotate struct {
	Hash    string
	Overlap time.Duration
	At      time.Time
}

// MaxOverlap is how long two secrets of a credential are good side by side at most.
const MaxOverlap = 7 * 24 * time.Hour

var (
	errOverlap = domain.Refuse(domain.Invalid, "overlap_invalid", "The old secret can stay good for at most 604800 seconds, which is a week.")
	errRevoked = domain.Refuse(domain.Conflict, "credential_revoked", "The credential was revoked. Issue another one.")
	errExpired = domain.Refuse(domain.Conflict, "credential_expired", "The credential has expired. Issue another one.")
)

func (cmd Rotate) decide(c Credential) ([]Event, error) {
	switch {
	case c.Issued.IsZero():
		return nil, ErrUnknown
	case c.Revoked:
		return nil, errRevoked
	case c.expired(cmd.At):
		return nil, errExpired
	case cmd.Overlap < 0 || cmd.Overlap > MaxOverlap:
		return nil, errOverlap.Where("/overlap_seconds")
	}
	return []Event{Rotated{cmd.Hash, cmd.At.Add(cmd.Overlap)}}, nil
}

// Rotated tells that a credential has a new secret, and until when the old one is
// good yet.
type Rotated struct {
	Hash     string    `json:"hash"`
	OldUntil time.Time `json:"old_until"`
}

// Kind implements domain.Event.
func (Rotated) Kind() string { return "credential.rotated" }

func (e Rotated) evolve(c Credential, _ domain.Moment) Credential {
	c.Hash, c.OldHash, c.OldUntil = e.Hash, c.Hash, e.OldUntil
	return c
}
