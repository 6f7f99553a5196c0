package commands

import (
	"context"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/process"
)

// bareProcesses takes out of processes that speak of contacts and have ended what they say
// beside ids, and returns how many they are. How they ended stays, and so does the answer
// to whoever asks again.
func (h *Handler) bareProcesses(ctx context.Context, begun []domain.Recorded, kin []contact.ID) (streams int, err error) {
	for _, first := range begun {
		e, speaks := speaksOf(first, kin)
		if !speaks || e.What == h.erasing().what {
			continue
		}
		history, err := h.history(ctx, first.Stream)
		if err != nil {
			return streams, err
		}
		told, ended := process.Redacted(history)
		if !ended {
			return streams, ErrUnderway
		}
		if err := h.takeOut(ctx, first.Stream, told[:len(told)-1], false); err != nil { // the last one says how it ended
			return streams, err
		}
		streams++
	}
	return streams, nil
}
