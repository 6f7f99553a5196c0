package erasure

import "skein/domain"

// Remove notes that what the contacts were is in no file any more.
type Remove struct{}

// ErrUnknown refuses what is asked of an erasure that was never begun.
var ErrUnknown = domain.Refuse(domain.Missing, "erasure_unknown", "No such contact of this space was erased.")

func (Remove) decide(e Erasure) ([]Event, error) {
	switch {
	case len(e.Members) == 0:
		return nil, ErrUnknown
	case e.Removed:
		return nil, nil
	}
	return []Event{Removed{}}, nil
}

// Removed tells that what the contacts were has left the files.
type Removed struct{}

// Kind implements domain.Event.
func (Removed) Kind() string { return "erasure.removed" }

func (Removed) evolve(e Erasure) Erasure {
	e.Removed = true
	return e
}
