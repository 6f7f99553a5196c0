package intake

import (
	"slices"

	"skein/domain/conversation"
	"skein/domain/space"
)

// TurnAway keeps a message aside. One that is kept already is so.
type TurnAway Message

// MostWaiting is how many messages of a sender can wait. Those beyond it are refused,
// so that whoever brings them knows that they are not kept.
const MostWaiting = 1000

func (cmd TurnAway) decide(i Intake) ([]Event, error) {
	switch {
	case slices.ContainsFunc(i.Waiting, func(m Message) bool { return m.Message == cmd.Message }):
		return nil, nil
	case len(i.Waiting) >= MostWaiting:
		return nil, space.ErrFull
	}
	return []Event{TurnedAway(cmd)}, nil
}

// TurnedAway tells that a message is kept aside.
type TurnedAway Message

// Kind implements domain.Event.
func (TurnedAway) Kind() string { return "intake.turned_away" }

func (e TurnedAway) evolve(i Intake) Intake {
	i.Waiting = append(slices.Clip(i.Waiting), Message(e))
	return i
}

func (e TurnedAway) redacted(hide func(text string) string) Event {
	return TurnedAway{Message: conversation.MessageID(hide(string(e.Message))), Channel: e.Channel, At: e.At}
}
