package installation

import "skein/domain"

// Begin begins, or goes on, with a master key. With another key nobody would know
// which identifiers are taken, and no secret could be opened; so it is refused.
type Begin struct {
	Fingerprint string
}

// ErrOtherKey refuses to go on with another key than the journal was begun with.
var ErrOtherKey = domain.Refuse(domain.Conflict, "key_differs", "The journal was begun with another master key. Put back the key file, or the key in SKEIN_KEY, that it was begun with: without it identifiers are not unique and mailbox passwords do not open.")

func (cmd Begin) decide(i Installation) ([]Event, error) {
	switch i.Fingerprint {
	case "":
		return []Event{Keyed(cmd)}, nil
	case cmd.Fingerprint:
		return nil, nil
	}
	return nil, ErrOtherKey
}

// Keyed tells which master key the journal goes with.
type Keyed struct {
	Fingerprint string `json:"fingerprint"`
}

// Kind implements domain.Event.
func (Keyed) Kind() string { return "installation.keyed" }

func (e Keyed) evolve(_ Installation, _ domain.Moment) Installation {
	return Installation(e)
}
