package intake

import (
	"slices"

	"skein/domain/conversation"
)

// TakeUp notes that messages which were kept aside have got into conversations.
type TakeUp struct{ Messages []conversation.MessageID }

func (cmd TakeUp) decide(i Intake) ([]Event, error) {
	var up []conversation.MessageID
	for _, m := range i.Waiting {
		if slices.Contains(cmd.Messages, m.Message) {
			up = append(up, m.Message)
		}
	}
	if len(up) == 0 {
		return nil, nil
	}
	return []Event{TakenUp{up}}, nil
}

// TakenUp tells that messages do not wait any more.
type TakenUp struct {
	Messages []conversation.MessageID `json:"messages"`
}

// Kind implements domain.Event.
func (TakenUp) Kind() string { return "intake.taken_up" }

func (e TakenUp) evolve(i Intake) Intake {
	i.Waiting = slices.DeleteFunc(slices.Clone(i.Waiting), func(m Message) bool { return slices.Contains(e.Messages, m.Message) })
	return i
}

func (e TakenUp) redacted(hide func(text string) string) Event {
	after := TakenUp{make([]conversation.MessageID, len(e.Messages))}
	for i, id := range e.Messages {
		after.Messages[i] = conversation.MessageID(hide(string(id)))
	}
	return after
}
