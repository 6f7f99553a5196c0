package commands

import (
	"cmp"
	"context"
	"slices"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
)

// Step is an event in the history of a contact, and what people saw of the
// contact after it.
type Step struct {
	domain.Recorded
	Contact contact.ID      // to whom it happened: the contact, or one that was a part of it
	After   contact.Contact // the contact as told up to here
	PartOf  contact.ID      // the contact it was a part of itself by then, if any
}

// History is what happened to a contact and to those merged into it, in the
// order of the journal and as far as until allows: at most limit steps (0: all)
// after a position. The kin are all contacts that were ever one with it. Of those
// that were taken out again it is what happened until then.
func (h *Handler) History(ctx context.Context, in Room, id contact.ID, kin []contact.ID, until func(domain.Moment) bool, after domain.Position, limit int) ([]Step, error) {
	all, err := h.histories(ctx, in, kin, until)
	if err != nil {
		return nil, err
	}
	var told contact.Family
	last := map[contact.ID]domain.Position{} // when somebody was a part of the contact for the last time
	for _, r := range all {
		of := contact.KeyOf(r.Stream).ID
		was := told.Holds(id, of)
		told.Tell(r)
		if was || told.Holds(id, of) {
			for _, one := range told.Within(of) {
				last[one] = r.Position
			}
		}
	}
	told = contact.Family{}
	var steps []Step
	for _, r := range all {
		told.Tell(r)
		of := contact.KeyOf(r.Stream).ID
		if r.Position <= after || r.Position > last[of] {
			continue
		}
		steps = append(steps, Step{r, of, told.Told(id), partOf(&told, id)})
		if len(steps) == limit {
			break
		}
	}
	return steps, nil
}

func partOf(told *contact.Family, id contact.ID) contact.ID {
	if root := told.Root(id); root != id {
		return root
	}
	return ""
}

// histories are the histories of contacts and their conversations, as one.
func (h *Handler) histories(ctx context.Context, in Room, ids []contact.ID, until func(domain.Moment) bool) (all []domain.Recorded, err error) {
	for _, id := range ids {
		for _, s := range []domain.Stream{in.contact(id), conversation.Stream(contact.Key{Space: in.ID, ID: id})} {
			for r, err := range h.Journal.Read(ctx, s, 0) {
				if err != nil {
					return nil, unreadable(s, err)
				}
				if until(r.Moment) {
					all = append(all, r)
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b domain.Recorded) int { return cmp.Compare(a.Position, b.Position) })
	return all, nil
}
