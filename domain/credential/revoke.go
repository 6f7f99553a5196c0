package credential

import "skein/domain"

// Revoke makes a credential prove nothing any more.
type Revoke struct{}

func (Revoke) decide(c Credential) ([]Event, error) {
	switch {
	case c.Issued.IsZero():
		return nil, ErrUnknown
	case c.Revoked:
		return nil, nil
	}
	return []Event{Revoked{}}, nil
}

// Revoked tells that a credential proves nothing any more.
type Revoked struct{}

// Kind implements domain.Event.
func (Revoked) Kind() string { return "credential.revoked" }

func (Revoked) evolve(c Credential, _ domain.Moment) Credential {
	c.Revoked = true
	return c
}
