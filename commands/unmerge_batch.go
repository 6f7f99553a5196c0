package commands

import (
	"context"
	"errors"
	"slices"

	"skein/domain"
	"skein/domain/contact"
)

// ErrNoMerge refuses the id of what was never merged.
var ErrNoMerge = domain.Refuse(domain.Missing, "merge_unknown", "There is no merge, and no batch of merges, with this id in this space.")

// batchUndone is what is asked of the process that undoes a batch.
type batchUndone struct {
	Merge    contact.MergeID `json:"merge"`
	Absorbed []contact.ID    `json:"absorbed"` // in the order in which they were merged
	How      Parting         `json:"how"`
}

// UndoMerge undoes a merge by its id, or all merges of a batch, the last one first: all
// of them or none (D1-17, D2-1). The absorbed are those whose merges they were, in the
// order of the merges.
func (h *Handler) UndoMerge(ctx context.Context, by domain.By, in Room, merge contact.MergeID, absorbed []contact.ID, how Parting) (Parted, error) {
	how.Merge = merge
	switch len(absorbed) {
	case 0:
		return Parted{}, ErrNoMerge
	case 1:
		return h.UnmergeContact(ctx, by, in, absorbed[0], how)
	}
	asked := batchUndone{merge, absorbed, how}
	begun, err := h.begun(ctx, in, by)
	if err != nil {
		return Parted{}, err
	}
	if !begun {
		left, at, err := h.undoable(ctx, in, asked)
		if err != nil || len(left) == 0 {
			return Parted{At: at, AlreadyReversed: err == nil}, err
		}
		for _, id := range left {
			if _, err := h.plan(ctx, in, id, how); err != nil {
				return Parted{}, about(id, err)
			}
		}
	}
	at, err := run(ctx, h, by, in, h.undoing(), asked)
	return Parted{At: at}, err
}

// undoable are those of the merges that count, the last one first, and else where the
// last one was undone.
func (h *Handler) undoable(ctx context.Context, in Room, asked batchUndone) (left []contact.ID, at domain.Position, err error) {
	for _, id := range slices.Backward(asked.Absorbed) {
		told, err := load(ctx, h, in.contact(id), contact.Evolve)
		switch {
		case err != nil:
			return nil, 0, err
		case told.state.Merge.Into != "" && asked.is(told.state.Merge):
			left = append(left, id)
		default:
			at = max(at, told.at)
		}
	}
	return left, at, nil
}

func (asked batchUndone) is(m contact.Merge) bool {
	return m.ID == asked.Merge || m.Batch == asked.Merge
}

// about is a refusal of one of several unmerges that says of which.
func about(id contact.ID, err error) error {
	var refused *domain.Refusal
	if errors.As(err, &refused) {
		return refused.Naming("contact", string(id))
	}
	return err
}

// undoing is how a batch is undone.
func (h *Handler) undoing() course[batchUndone] {
	return course[batchUndone]{"undo_batch", h.undoEach, h.redoEach}
}

func (h *Handler) undoEach(ctx context.Context, by domain.By, in Room, asked batchUndone) error {
	left, _, err := h.undoable(ctx, in, asked)
	if err != nil {
		return err
	}
	for _, id := range left {
		if _, err := h.UnmergeContact(ctx, step(by, string(id)), in, id, asked.How); err != nil {
			return about(id, err)
		}
	}
	return nil
}

// redoEach makes those of the merges count again that were undone, in their order. What
// others have made of their contacts meanwhile stays as it is.
func (h *Handler) redoEach(ctx context.Context, by domain.By, in Room, asked batchUndone) error {
	for _, id := range asked.Absorbed {
		merge, err := h.mergeBefore(ctx, in, id, step(step(by, string(id)), "back").Key)
		if err != nil {
			return err
		}
		if merge.Into == "" {
			continue
		}
		by := step(by, "redo/"+string(id))
		survivor, err := h.contact(ctx, in, merge.Into)
		if err != nil {
			return err
		}
		at, err := carryOut(ctx, h, by, in.contact(id), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
			return contact.Decide(c, contact.Remerge{Merge: merge, Survivor: survivor})
		})
		if err == nil {
			err = h.settle(ctx, by, in, id, contact.Merge{Into: merge.Into, At: at})
		}
		var refused *domain.Refusal
		if err != nil && !errors.As(err, &refused) {
			return err
		}
	}
	return nil
}

// mergeBefore is the merge that an event with a key undid.
func (h *Handler) mergeBefore(ctx context.Context, in Room, id contact.ID, key string) (m contact.Merge, err error) {
	var c contact.Contact
	for r, err := range h.Journal.Read(ctx, in.contact(id), 0) {
		if err != nil {
			return m, unreadable(in.contact(id), err)
		}
		if _, undone := r.Event.(contact.Unmerged); undone && r.By.Key == key {
			m = c.Merge
		}
		if e, ok := r.Event.(contact.Event); ok {
			c = contact.Evolve(c, e, r.Moment)
		}
	}
	return m, nil
}
