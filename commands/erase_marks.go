package commands

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/erasure"
)

// Before anything is redacted the histories of others say what cannot be told of them any
// more afterwards, and that they are redacted. Once all of them do, the conversation with
// the erased contact says so: whoever goes on from there finds histories of which some are
// redacted, and cannot tell it anew.

// mark records these events, if that was not done before. It returns ErrMovedOn if
// something was recorded in between.
func (h *Handler) mark(ctx context.Context, by domain.By, in Room, asked eraseAsked) error {
	r, err := h.reach(ctx, in, asked.Contact, asked.Seen)
	if err != nil {
		return err
	}
	last := step(by, "marked")
	if slices.ContainsFunc(r.history, func(was domain.Recorded) bool { return was.By.Key == last.Key }) {
		return nil
	}
	marks, parts := erasure.Marks(r.all(), r.history), r.parts()
	for _, s := range slices.Sorted(maps.Keys(marks)) {
		if err := h.note(ctx, step(by, "redacted"), s, uint64(len(parts[s])), marks[s]); err != nil {
			return err
		}
	}
	for _, id := range r.members { // what is empty cannot be closed
		if s := conversation.Stream(contact.Key{Space: in.ID, ID: id}); len(parts[s]) == 0 && id != asked.Contact {
			if err := h.note(ctx, step(by, "redacted"), s, 0, conversation.Redacted{}); err != nil {
				return err
			}
		}
	}
	own := conversation.Stream(contact.Key{Space: in.ID, ID: asked.Contact})
	return h.note(ctx, last, own, uint64(len(parts[own])), conversation.Redacted{})
}

// note records an event in a stream that has a length.
func (h *Handler) note(ctx context.Context, by domain.By, s domain.Stream, length uint64, e domain.Event) error {
	_, err := record(ctx, h, by, s, story[domain.Event]{length: length}, func(domain.Event) ([]domain.Event, error) { return []domain.Event{e}, nil })
	return err
}

// redactedOf says of the stream that it is redacted, and nothing else.
func redactedOf(s domain.Stream) domain.Event {
	if s.Category() == "contact" {
		return contact.Redacted{}
	}
	return conversation.Redacted{}
}

// parts are the histories, each by itself.
func (r *reach) parts() map[domain.Stream][]domain.Recorded {
	all := map[domain.Stream][]domain.Recorded{}
	for _, was := range r.history {
		all[was.Stream] = append(all[was.Stream], was)
	}
	return all
}

// closes reports whether a history is of somebody who is erased, now or before.
func (r *reach) closes(s domain.Stream) bool { return slices.Contains(r.all(), contact.KeyOf(s).ID) }

// marked is where somebody said last of a history that it is redacted.
func marked(history []domain.Recorded, by domain.By) (at int, is bool) {
	for i, was := range slices.Backward(history) {
		if was.By.Key == step(by, "redacted").Key {
			return i, true
		}
	}
	return 0, false
}

// changes reports whether any of the events reads otherwise.
func changes(history, told []domain.Recorded) bool {
	for i, was := range history {
		before, err := json.Marshal(was.Event)
		after, failed := json.Marshal(told[i].Event)
		if err != nil || failed != nil || !bytes.Equal(before, after) {
			return true
		}
	}
	return false
}
