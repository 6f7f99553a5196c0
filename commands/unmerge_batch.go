package commands

import (
	"context"
	"errors"
	"slices"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/process"
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
	if by.Key == "" {
		by.Key = h.NewID() // by which what came of it is found
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
			_, err := h.plan(ctx, in, id, how)
			if _, reversed := errors.AsType[*alreadyReversed](err); err != nil && !reversed { // by others, at this very moment
				return Parted{}, about(id, err)
			}
		}
	}
	at, err := run(ctx, h, by, in, h.undoing(), asked)
	if err != nil {
		return Parted{}, err
	}
	return h.batchParted(ctx, by, in, asked, at)
}

// batchParted is what is answered of a batch that was undone.
func (h *Handler) batchParted(ctx context.Context, by domain.By, in Room, asked batchUndone, at domain.Position) (Parted, error) {
	all := Parted{At: at}
	p := &proceeding{Handler: h, key: process.Key{Space: in.ID, ID: process.ID(h.IDFor(by))}}
	for _, id := range asked.Absorbed {
		inner, _, err := h.undoneBy(ctx, step(p.inner(), string(id)), in)
		if err != nil {
			return Parted{}, err
		}
		one, err := h.partedAs(ctx, inner, in, id, nil, at)
		if err != nil {
			return Parted{}, err
		}
		all.Lost = append(all.Lost, one.Lost...)
	}
	return all, nil
}

// undoneBy is by whom the steps of one of the unmerges are recorded, and what was asked
// of it if it is a process itself.
func (h *Handler) undoneBy(ctx context.Context, by domain.By, in Room) (domain.By, unmergeAsked, error) {
	inner, asked, err := h.asProcess(ctx, by, in)
	if inner.Key != "" {
		by = inner
	}
	return by, asked, err
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
