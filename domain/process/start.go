package process

import (
	"encoding/json"

	"skein/domain"
)

// Start notes what is asked before anything of it is done.
type Start struct {
	What  What
	Asked json.RawMessage // ids and texts, as other events hold them
}

var errStarted = domain.Refuse(domain.Conflict, "process_exists", "A process with this id was started already.")

func (cmd Start) decide(p Process) ([]Event, error) {
	if p.What != "" {
		return nil, errStarted
	}
	return []Event{Started(cmd)}, nil
}

// Started tells what is going to be done. It says all that it takes to do so.
type Started struct {
	What  What            `json:"what"`
	Asked json.RawMessage `json:"asked,omitempty"`
}

// Kind implements domain.Event.
func (Started) Kind() string { return "process.started" }

func (e Started) evolve(_ Process, m domain.Moment) Process {
	return Process{What: e.What, Asked: e.Asked, By: m.By, Alive: m.At}
}

func (e Started) redacted() Event {
	e.Asked = outline(e.Asked)
	return e
}
