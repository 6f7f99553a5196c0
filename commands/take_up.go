package commands

import (
	"context"
	"errors"
	"fmt"

	"skein/domain"
	"skein/domain/conversation"
	"skein/domain/intake"
	"skein/domain/space"
)

// TakeUp notes the messages of a sender that wait, if there is room in the space, or the
// sender is a contact by now, and reports whether the space is full. Whoever knows that
// it is says so. It may stop anywhere and be done again.
func (h *Handler) TakeUp(ctx context.Context, key intake.Key, isFull bool) (full bool, err error) {
	by := domain.By{Actor: "system:intake"}
	in, err := h.room(ctx, key.Space)
	if err != nil {
		return false, err
	}
	told, err := load(ctx, h, key.Stream(), intake.Evolve)
	if err != nil {
		return false, err
	}
	before := hearing{talks: talks{}, full: isFull}
	var up []conversation.MessageID
	for _, m := range told.state.Waiting {
		if _, err = h.hear(ctx, by, in, m, &before); err != nil {
			break
		}
		up = append(up, m.Message)
	}
	_, noting := carryOut(ctx, h, by, key.Stream(), intake.Evolve, func(i intake.Intake) ([]intake.Event, error) {
		return intake.Decide(i, intake.TakeUp{Messages: up})
	})
	if noting != nil {
		return before.full, noting
	}
	if err != nil && !errors.Is(err, space.ErrFull) {
		return before.full, fmt.Errorf("take up what waits: %w", err)
	}
	return before.full, nil
}
