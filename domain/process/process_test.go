package process_test

import (
	"encoding/json"
	"testing"

	"skein/domain"
	"skein/domain/domaintest"
	"skein/domain/process"
)

var (
	decider = domaintest.For(process.Decide, process.Evolve, process.Facts)

	taken   = domain.Refuse(domain.Conflict, "taken", "It is taken.").Where("/email").Naming("holder", "ada")
	started = process.Started{What: "split", Asked: json.RawMessage(`{"id":"ada"}`)}
	turned  = process.TurnedBack{Refusal: process.Refusal{
		Reason: domain.Conflict, Code: "taken", Message: "It is taken.", At: "/email", Names: map[string]string{"holder": "ada"},
	}}
	done, undone = process.Ended{Outcome: process.Done}, process.Ended{Outcome: process.Undone}
)

func TestFacts(t *testing.T) { domaintest.Golden(t, process.Facts) }

func TestStart(t *testing.T) {
	decider.Given().When(process.Start(started)).Then(t, started)
	decider.Given(started).When(process.Start(started)).Refused(t, domain.Refuse(0, "process_exists", ""), "")
}

// What goes on, turns back or ends was started, and has not ended.
func TestUnderWay(t *testing.T) {
	for _, cmd := range []process.Command{process.GoOn{}, process.TurnBack{Refused: taken}, process.End{}} {
		decider.Given().When(cmd).Refused(t, process.ErrUnknown, "")
		decider.Given(started, done).When(cmd).Then(t)
		decider.Given(started, turned, undone).When(cmd).Then(t)
	}
	decider.Given(started).When(process.GoOn{}).Then(t, process.GoneOn{})
	decider.Given(started, turned).When(process.GoOn{}).Then(t, process.GoneOn{})
}

// It ends as done, unless it turned back: then as undone, for the first reason given.
func TestEnd(t *testing.T) {
	other := domain.Refuse(domain.Conflict, "other", "Something else.")

	decider.Given(started, process.GoneOn{}).When(process.End{}).Then(t, done)
	decider.Given(started).When(process.TurnBack{Refused: taken}).Then(t, turned)
	decider.Given(started, turned).When(process.TurnBack{Refused: other}).Then(t)
	decider.Given(started, turned, process.GoneOn{}).When(process.End{}).Then(t, undone)
}

// A process says who asked for what, until when somebody was at it, and why it was
// refused, however it is kept.
func TestProcess(t *testing.T) {
	p := decider.Given(started, process.GoneOn{}, turned).State(t)
	if p.What != "split" || string(p.Asked) != `{"id":"ada"}` || p.By.Actor != "test" || p.Alive != domaintest.Moment(2).At || p.Outcome != "" {
		t.Errorf("it says %+v", p)
	}
	if r := p.Refused; r.Error() != taken.Message || r.Reason != taken.Reason || r.At != taken.At || r.Names["holder"] != "ada" {
		t.Errorf("it was refused with %+v", r)
	}
}
