package commands

import (
	"context"
	"slices"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/intake"
)

// Messages that were turned away and came from those who are erased are kept aside, also
// when they were taken up since. What still waits is not taken up any more; what came
// after the deletion is somebody else's.

// emptyIntakes takes out of intakes what came from those who are erased, and returns how
// many they are.
func (h *Handler) emptyIntakes(ctx context.Context, by domain.By, r *reach, begun []domain.Recorded) (streams int, err error) {
	hide := h.hiding(r.in)
	theirs := r.identities(hide)
	for _, first := range begun {
		m, is := first.Event.(intake.TurnedAway)
		if i := (contact.Identity{Channel: m.Channel, Of: hide(m.Identity)}); !is || !theirs[i] {
			continue
		}
		if err := h.emptyIntake(ctx, by, r, first.Stream, contact.Identity{Channel: m.Channel, Of: m.Identity}); err != nil {
			return streams, err
		}
		streams++
	}
	return streams, nil
}

// emptyIntake takes out of an intake what came before the deletion, but for what waits
// and leads to somebody else by now.
func (h *Handler) emptyIntake(ctx context.Context, by domain.By, r *reach, s domain.Stream, of contact.Identity) error {
	leads, err := h.leadsOn(ctx, r.in, of)
	if err != nil {
		return err
	}
	_, err = carryOut(ctx, h, step(by, "empty"), s, intake.Evolve, func(i intake.Intake) (decided []intake.Event, err error) {
		var up []conversation.MessageID
		history, err := h.history(ctx, s)
		for _, was := range history {
			m, is := was.Event.(intake.TurnedAway)
			if is && was.Position < r.deleted() && waits(i, m.Message) && !leads {
				up = append(up, m.Message)
			}
		}
		if len(up) > 0 {
			decided = append(decided, intake.TakenUp{Messages: up})
		}
		return append(decided, intake.TakenUp{}), err // so that the history does not end with what is redacted
	})
	if err != nil {
		return err
	}
	history, err := h.history(ctx, s)
	if err != nil {
		return err
	}
	return h.takeOut(ctx, s, r.emptied(history, h.hiding(r.in)), false)
}

// emptied is how an intake reads afterwards, up to what was recorded last to that end.
func (r *reach) emptied(history []domain.Recorded, hide func(string) string) []domain.Recorded {
	for i, was := range slices.Backward(history) {
		if e, is := was.Event.(intake.TakenUp); is && len(e.Messages) == 0 {
			history = history[:i]
			break
		}
	}
	var end intake.Intake
	for _, was := range history {
		if e, is := was.Event.(intake.Event); is {
			end = intake.Evolve(end, e, was.Moment)
		}
	}
	gone := map[string]bool{}
	of := func(text string) string { // nothing else is hidden
		if gone[text] {
			return hide(text)
		}
		return text
	}
	told := slices.Clone(history)
	for i, was := range history {
		m, came := was.Event.(intake.TurnedAway)
		if came {
			gone[string(m.Message)] = was.Position < r.deleted() && !waits(end, m.Message)
		}
		if came && !gone[string(m.Message)] {
			continue
		}
		told[i] = intake.Redacted(history[i:i+1], of)[0]
		if left, is := told[i].Event.(intake.TurnedAway); is { // it is found by its identity
			left.Identity = hide(m.Identity)
			told[i].Event = left
		}
	}
	return told
}

func waits(i intake.Intake, id conversation.MessageID) bool {
	return slices.ContainsFunc(i.Waiting, func(m Inbound) bool { return m.Message == id })
}
