package conversation_test

import (
	"testing"

	"skein/domain/conversation"
	"skein/domain/domaintest"
)

var decider = domaintest.For(conversation.Decide, conversation.Evolve, conversation.Facts)

func TestFacts(t *testing.T) { domaintest.Golden(t, conversation.Facts) }

// A message that is found twice is noted once (D4-9).
func TestReceive(t *testing.T) {
	hello := conversation.Receive{Message: "1", Channel: "email", Identity: "ada@example.org", At: domaintest.Monday}
	noted := conversation.MessageReceived(hello)

	decider.Given().When(hello).Then(t, noted)
	decider.Given(noted).When(hello).Then(t)
	other := hello
	other.Message = "2"
	decider.Given(noted).When(other).Then(t, conversation.MessageReceived(other))
}
