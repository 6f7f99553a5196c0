package conversation_test

import (
	"strings"
	"testing"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/domaintest"
)

var decider = domaintest.For(conversation.Decide, conversation.Evolve, conversation.Facts)

func TestFacts(t *testing.T) { domaintest.Golden(t, conversation.Facts) }

// A message that is found twice is noted once (D4-9), and the first one on a channel
// opens the conversation there.
func TestReceive(t *testing.T) {
	hello := conversation.Receive{Message: "1", Channel: "email", Identity: "ada@example.org", At: domaintest.Monday}
	opened, noted := conversation.Opened{Channel: "email", At: domaintest.Monday}, conversation.MessageReceived(hello)

	decider.Given().When(hello).Then(t, opened, noted)
	decider.Given(opened, noted).When(hello).Then(t)
	other := hello
	other.Message = "2"
	decider.Given(opened, noted).When(other).Then(t, conversation.MessageReceived(other))
	closed := conversation.Closed{Channel: "email", Reason: "answered", At: domaintest.Monday}
	decider.Given(opened, noted, closed).When(other).Then(t, opened, conversation.MessageReceived(other))
	reopened := conversation.Reopened{Channel: "email", At: domaintest.Monday}
	decider.Given(opened, noted, closed, reopened).When(other).Then(t, conversation.MessageReceived(other))

	other.Text = strings.Repeat("x", 65_537)
	decider.Given().When(other).Refused(t, errCode("text_too_long"), "/text")
	other.Text, other.Message = "", "two\nlines"
	decider.Given().When(other).Refused(t, errCode("interaction_id_invalid"), "/id")
}

// Messages, comments and events can have the same id.
func TestNotedOncePerSort(t *testing.T) {
	at := domaintest.Monday
	opened := conversation.Opened{Channel: "chat", At: at}
	sent := conversation.Send{Message: "1", Channel: "chat", Identity: "ada", Text: "Hello.", At: at}
	comment := conversation.Comment{Comment: "1", Text: "Likes tea.", At: at}
	event := conversation.NoteEvent{Event: "1", Name: "ordered", Data: map[string]string{"tea": "Assam"}, At: at}

	decider.Given().When(sent).Then(t, opened, conversation.MessageSent(sent))
	decider.Given(opened, conversation.MessageSent(sent)).When(sent).Then(t)
	decider.Given(conversation.MessageSent(sent)).When(comment).Then(t, conversation.Commented(comment))
	decider.Given(conversation.Commented(comment)).When(comment).Then(t)
	decider.Given(conversation.Commented(comment)).When(event).Then(t, conversation.EventNoted(event))
	decider.Given(conversation.EventNoted(event)).When(event).Then(t)
	decider.Given().When(conversation.Comment{Comment: "2", Text: " "}).Refused(t, errCode("comment_empty"), "/text")
	event.Name = ""
	decider.Given().When(event).Refused(t, errCode("event_name_invalid"), "/name")
}

// A conversation is closed with a reason, which "merge" is only for merges (C2-67).
func TestClose(t *testing.T) {
	at := domaintest.Monday
	closing := conversation.Close{Channel: "email", Reason: "answered", Shown: contact.Talk{State: contact.Opened}, At: at}

	decider.Given().When(closing).Then(t, conversation.Closed{Channel: "email", Reason: "answered", At: at})
	for _, reason := range []string{"", "merge", " Merge "} {
		bad := closing
		bad.Reason = reason
		decider.Given().When(bad).Refused(t, errCode("reason_invalid"), "/reason")
	}
	closing.Shown = contact.Talk{State: contact.Closed}
	decider.Given().When(closing).Then(t)
	decider.Given().When(conversation.Open{Channel: "email", Shown: closing.Shown, At: at}).Then(t, conversation.Reopened{Channel: "email", At: at})
	closing.Shown = contact.Talk{}
	decider.Given().When(closing).Refused(t, errCode("conversation_unknown"), "")
	decider.Given().When(conversation.Open{Channel: "email", At: at}).Then(t, conversation.Opened{Channel: "email", At: at})
}

func errCode(code string) error { return domain.Refuse(domain.Invalid, code, "") }
