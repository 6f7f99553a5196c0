package commands

import (
	"context"
	"maps"
	"slices"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/erasure"
)

// hiding is what makes of a text that stands for something, such as the id of a message,
// another one that stands for the same and that nobody can undo. What it has made already
// it leaves as it is, so that histories can be redacted of which some are.
func (h *Handler) hiding(in Room) func(text string) string {
	const body, tail = 24, 8
	mark := func(text string) string { return h.Hash("hidden", string(in.ID), text)[:tail] }
	return func(text string) string {
		if len(text) == body+tail && mark(text[:body]) == text[body:] {
			return text
		}
		hidden := h.Hash("erased", string(in.ID), text)[:body]
		return hidden + mark(hidden)
	}
}

// redact takes out of the histories of contacts and of their conversations what the erased
// said and were, and returns in how many. Their own are closed; those of others go on. It
// returns ErrMovedOn if something was recorded in between.
func (h *Handler) redact(ctx context.Context, by domain.By, in Room, asked eraseAsked) (streams int, err error) {
	if err := h.mark(ctx, by, in, asked); err != nil {
		return 0, err
	}
	r, err := h.reach(ctx, in, asked.Contact, asked.Seen)
	if err != nil {
		return 0, err
	}
	history := r.parts()
	told := maps.Clone(history)
	redacted := erasure.Redacted(r.all(), r.history, h.hiding(in))
	maps.Copy(told, redacted)
	for _, s := range slices.Sorted(maps.Keys(told)) {
		_, marked := marked(history[s], by)
		if r.closes(s) || !marked && redacted[s] == nil {
			continue
		}
		streams++
		if err := h.redactOpen(ctx, by, history[s], told[s]); err != nil {
			return 0, err
		}
	}
	for _, s := range slices.Sorted(maps.Keys(told)) { // last, for others are told by them
		if !r.closes(s) || !r.goes(contact.KeyOf(s).ID) && redacted[s] == nil {
			continue
		}
		streams++
		if err := h.takeOut(ctx, s, told[s], true); err != nil {
			return 0, err
		}
	}
	return streams, nil
}

// redactOpen redacts a history that goes on, up to where it says that it is redacted.
func (h *Handler) redactOpen(ctx context.Context, by domain.By, history, told []domain.Recorded) error {
	s := told[0].Stream
	n, _ := marked(history, by)
	if changes(history[n:], told[n:]) {
		n = len(history)
		if err := h.note(ctx, step(by, "redacted"), s, uint64(n), redactedOf(s)); err != nil {
			return err
		}
	}
	return h.takeOut(ctx, s, told[:n], false)
}

// takeOut lets a stream be read as it is told, and forgets what it was.
func (h *Handler) takeOut(ctx context.Context, s domain.Stream, told []domain.Recorded, closed bool) error {
	err := h.Ground.Redact(ctx, s, told, closed)
	h.taken.Add(1)
	h.shelf.leave(s)
	h.pasts.forget(s)
	return err
}
