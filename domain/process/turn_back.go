package process

import (
	"maps"

	"skein/domain"
)

// TurnBack gives a process up because a step of it was refused. From then on there is
// only the way back, whoever goes on with it and whether or not the step would be
// refused again.
type TurnBack struct {
	Refused *domain.Refusal
}

func (cmd TurnBack) decide(p Process) ([]Event, error) {
	switch {
	case p.What == "":
		return nil, ErrUnknown
	case p.Outcome != "" || p.Refused != nil:
		return nil, nil
	}
	return []Event{TurnedBack{refusalOf(cmd.Refused)}}, nil
}

// TurnedBack tells that what a process has done is taken back from now on, and why.
type TurnedBack struct {
	Refusal Refusal `json:"refusal"`
}

// Kind implements domain.Event.
func (TurnedBack) Kind() string { return "process.turned_back" }

func (e TurnedBack) evolve(p Process, m domain.Moment) Process {
	p.Refused, p.Alive = e.Refusal.refusal(), m.At
	return p
}

// redacted leaves what is said to whoever asks for the same again, but for what it is about.
func (e TurnedBack) redacted() Event {
	e.Refusal.At, e.Refusal.Names = "", maps.Clone(e.Refusal.Names)
	maps.DeleteFunc(e.Refusal.Names, func(_, name string) bool { return !issued(name) })
	return e
}

// Refusal is a refusal as it is kept, so that the same can be answered again. It is no
// error of its own.
type Refusal struct {
	Reason  domain.Reason     `json:"reason"`
	Code    string            `json:"code"`
	Message string            `json:"message"`
	At      string            `json:"at,omitempty"`
	Names   map[string]string `json:"names,omitempty"`
}

func refusalOf(r *domain.Refusal) Refusal {
	return Refusal{r.Reason, r.Code, r.Message, r.At, maps.Clone(r.Names)}
}

func (r Refusal) refusal() *domain.Refusal {
	return &domain.Refusal{Reason: r.Reason, Code: r.Code, Message: r.Message, At: r.At, Names: r.Names}
}
