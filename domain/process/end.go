package process

import "skein/domain"

// End notes what became of a process: it is done, or, once it has turned back, undone.
type End struct{}

func (End) decide(p Process) ([]Event, error) {
	switch {
	case p.What == "":
		return nil, ErrUnknown
	case p.Outcome != "":
		return nil, nil
	case p.Refused != nil:
		return []Event{Ended{Undone}}, nil
	}
	return []Event{Ended{Done}}, nil
}

// Ended tells what became of a process.
type Ended struct {
	Outcome Outcome `json:"outcome"`
}

// Kind implements domain.Event.
func (Ended) Kind() string { return "process.ended" }

func (e Ended) redacted() Event { return e }

func (e Ended) evolve(p Process, _ domain.Moment) Process {
	p.Outcome = e.Outcome
	return p
}
