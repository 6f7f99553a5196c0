package process

import "skein/domain"

// GoOn tells that somebody carries a process on: whoever began it and is not at its
// end after a while, or who takes over from one who broke off. Nobody else does so
// until that was long ago.
type GoOn struct{}

func (GoOn) decide(p Process) ([]Event, error) {
	switch {
	case p.What == "":
		return nil, ErrUnknown
	case p.Outcome != "":
		return nil, nil
	}
	return []Event{GoneOn{}}, nil
}

// GoneOn tells that somebody carries a process on.
type GoneOn struct{}

// Kind implements domain.Event.
func (GoneOn) Kind() string { return "process.gone_on" }

func (e GoneOn) redacted() Event { return e }

func (GoneOn) evolve(p Process, m domain.Moment) Process {
	p.Alive = m.At
	return p
}
