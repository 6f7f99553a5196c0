package commands

import (
	"context"
	"maps"
	"slices"

	"skein/domain"
	"skein/domain/contact"
)

// redone is a merge of a batch that is to count again.
type redone struct {
	id    contact.ID
	by    domain.By // who undid it, as that was recorded
	merge contact.Merge
	asked unmergeAsked
}

// redoEach makes those of the merges count again that were undone, in their order, and
// gives back what anybody lost for it once nobody else can have it. What others have made
// of their contacts meanwhile stays as it is.
func (h *Handler) redoEach(ctx context.Context, by domain.By, in Room, asked batchUndone) error {
	var all []redone
	for _, id := range asked.Absorbed {
		undoneBy, inner, err := h.undoneBy(ctx, step(by, string(id)), in)
		if err != nil {
			return err
		}
		merge, at, err := h.undone(ctx, in, id, step(undoneBy, "back").Key)
		if err != nil {
			return err
		}
		if at > 0 {
			all = append(all, redone{id, undoneBy, merge, inner})
		}
	}
	for _, one := range all {
		without, err := h.lostFor(ctx, in, all, one.merge.Into)
		if err != nil {
			return err
		}
		if err := h.redo(ctx, step(by, "redo/"+string(one.id)), in, one, without); err != nil && !forGood(err) {
			return err
		}
	}
	for _, one := range all {
		own, err := h.contact(ctx, in, one.id)
		if err != nil {
			return err
		}
		if own.Merge.ID != one.merge.ID || own.Merge.Into != one.merge.Into {
			continue // it stands, or is somebody else's part, with what it got
		}
		if err := h.unmove(ctx, one.by, in, one.asked); err != nil {
			return err
		}
		if err := h.regainOwn(ctx, in, one); err != nil && !forGood(err) {
			return err
		}
	}
	return nil
}

// lostFor is what a contact lost so that merges could be undone.
func (h *Handler) lostFor(ctx context.Context, in Room, all []redone, id contact.ID) (slots []contact.Slot, err error) {
	for _, one := range all {
		lost, err := h.lostBy(ctx, in, id, step(one.by, "move/"+string(id)).Key)
		if err != nil {
			return nil, err
		}
		slots = slices.AppendSeq(slots, maps.Keys(lost))
	}
	return slots, nil
}

// redo makes a merge count again.
func (h *Handler) redo(ctx context.Context, by domain.By, in Room, one redone, without []contact.Slot) error {
	survivor, err := h.contact(ctx, in, one.merge.Into)
	if err != nil {
		return err
	}
	at, err := carryOut(ctx, h, by, in.contact(one.id), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
		return contact.Decide(c, contact.Remerge{Merge: one.merge, Survivor: survivor, Without: without})
	})
	if err != nil {
		return err
	}
	return h.settle(ctx, by, in, one.id, contact.Merge{Into: one.merge.Into, At: at})
}

// regainOwn gives a contact back what it came back without.
func (h *Handler) regainOwn(ctx context.Context, in Room, one redone) error {
	lost, err := h.lostBy(ctx, in, one.id, step(one.by, "back").Key)
	if err != nil || len(lost) == 0 {
		return err
	}
	return h.regain(ctx, step(one.by, "keep/"+string(one.id)), in, one.id, lost)
}
