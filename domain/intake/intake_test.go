package intake_test

import (
	"fmt"
	"testing"

	"skein/domain/conversation"
	"skein/domain/domaintest"
	"skein/domain/intake"
	"skein/domain/space"
)

var decider = domaintest.For(intake.Decide, intake.Evolve, intake.Facts)

func TestFacts(t *testing.T) { domaintest.Golden(t, intake.Facts) }

// What is turned away waits once, until it is taken up (C0-22).
func TestTurnAway(t *testing.T) {
	hello := intake.TurnedAway{Message: "1", Channel: "chat", Identity: "ada", Text: "Hello.", At: domaintest.Monday}
	again := hello
	again.Message = "2"
	up := intake.TakenUp{Messages: []conversation.MessageID{"1"}}

	decider.Given().When(intake.TurnAway(hello)).Then(t, hello)
	decider.Given(hello).When(intake.TurnAway(hello)).Then(t)
	decider.Given(hello).When(intake.TurnAway(again)).Then(t, again)
	decider.Given(hello, again).When(intake.TakeUp{Messages: []conversation.MessageID{"3", "1"}}).Then(t, up)
	decider.Given(hello, again, up).When(intake.TakeUp(up)).Then(t)
	decider.Given(hello, again, up).When(intake.TurnAway(hello)).Then(t, hello)

	var many []intake.Event
	for i := range intake.MostWaiting {
		hello.Message = conversation.MessageID(fmt.Sprint(i))
		many = append(many, hello)
	}
	again.Message = "one more"
	decider.Given(many...).When(intake.TurnAway(again)).Refused(t, space.ErrFull, "")
}
