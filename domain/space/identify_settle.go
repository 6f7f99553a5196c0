package space

import "skein/domain"

// GoOn is a sign of life of those who tighten the identifiers of a space.
type GoOn struct{ Since domain.Position }

func (cmd GoOn) decide(s Space) ([]Event, error) {
	if err := s.tightens(cmd.Since); err != nil {
		return nil, err
	}
	return []Event{IdentifiersTightening{s.Tightening.Unique, cmd.Since}}, nil
}

// Settle ends a tightening that holds: no two contacts share a value of what it asks
// for.
type Settle struct{ Since domain.Position }

func (cmd Settle) decide(s Space) ([]Event, error) {
	if err := s.tightens(cmd.Since); err != nil {
		return nil, err
	}
	return []Event{IdentifiersChanged{s.Tightening.Unique, cmd.Since}}, nil
}

// tightens refuses what is asked of a tightening that was ended by somebody else.
func (s Space) tightens(since domain.Position) error {
	if err := s.Known(); err != nil {
		return err
	}
	if s.Tightening.Since != since || since == 0 {
		return errSlack
	}
	return nil
}

// Keep ends a tightening that does not hold: the identifiers stay what they are.
type Keep struct{ Since domain.Position }

func (cmd Keep) decide(s Space) ([]Event, error) {
	if err := s.Known(); err != nil {
		return nil, err
	}
	if s.Tightening.Since != cmd.Since || cmd.Since == 0 {
		return nil, nil
	}
	return []Event{IdentifiersKept{}}, nil
}

// IdentifiersKept tells that the identifiers of a space stay what they are.
type IdentifiersKept struct{}

// Kind implements domain.Event.
func (IdentifiersKept) Kind() string { return "space.identifiers_kept" }

func (IdentifiersKept) evolve(s Space, _ domain.Moment) Space {
	s.Tightening = Tightening{}
	return s
}
