package commands

import (
	"context"

	"skein/domain"
	"skein/domain/contact"
)

// Step is an event in the history of a contact, and what people saw of the
// contact before and after it.
type Step struct {
	domain.Recorded
	Contact contact.ID // to whom it happened: the contact, or one that was a part of it
	Before  contact.Contact
	After   contact.Contact // the contact as told up to here
	PartOf  contact.ID      // the contact it was a part of itself by then, if any
}

// History is what happened to a contact and to those merged into it, in the
// order of the journal and as far as until allows: at most limit steps (0: all)
// after a position. The kin are all contacts that were ever one with it. Of those
// that were taken out again it is what happened until then. A contact that never was is
// refused as unknown.
func (h *Handler) History(ctx context.Context, in Room, id contact.ID, kin []contact.ID, until Until, after domain.Position, limit int) ([]Step, error) {
	a := h.annals(ctx, in, kin, until)
	defer a.close()
	end, last, all := domain.Position(0), lasting{id: id, at: map[contact.ID]domain.Position{}}, []domain.Recorded(nil)
	for r, err := range a.all() {
		if err != nil {
			return nil, err
		}
		last.tell(r)
		if end = r.Position; len(all) <= held {
			all = append(all, r)
		}
	}
	if !a.begun(id) {
		return nil, contact.ErrUnknown
	}
	again := func(yield func(domain.Recorded, error) bool) {
		for _, r := range all {
			if !yield(r, nil) {
				return
			}
		}
	}
	if len(all) > held {
		b := h.annals(ctx, in, kin, until.UpTo(end))
		defer b.close()
		all, again = nil, b.all()
	}
	var told contact.Family
	var steps []Step
	for r, err := range again {
		if err != nil {
			return nil, err
		}
		of := contact.KeyOf(r.Stream).ID
		shown := r.Position > after && r.Position <= last.at[of]
		var before contact.Contact
		if shown {
			before = told.Told(id)
		}
		told.Tell(r)
		if !shown {
			continue
		}
		steps = append(steps, Step{r, of, before, told.Told(id), partOf(&told, id)})
		if len(steps) == limit {
			break
		}
	}
	return steps, nil
}

// lasting is when each of those in a history was a part of the contact for the last time.
type lasting struct {
	id   contact.ID
	told contact.Family
	at   map[contact.ID]domain.Position
}

func (l *lasting) tell(r domain.Recorded) {
	of := contact.KeyOf(r.Stream).ID
	was := l.told.Holds(l.id, of)
	l.told.Tell(r)
	if was || l.told.Holds(l.id, of) {
		for _, one := range l.told.Within(of) {
			l.at[one] = r.Position
		}
	}
}

// AsOf is the family of a contact as it was as far as until allows, told from the
// journal alone, and where the last event is that changed it (0: nothing had happened yet). The
// kin are all contacts that were ever one with it. A contact that never was is refused
// as unknown.
func (h *Handler) AsOf(ctx context.Context, in Room, id contact.ID, kin []contact.ID, until Until) (*contact.Family, domain.Position, error) {
	a := h.annals(ctx, in, kin, until)
	defer a.close()
	told, last, err := a.tell(id)
	if err != nil {
		return nil, 0, err
	}
	if !a.begun(id) {
		return nil, 0, contact.ErrUnknown
	}
	return told, last, nil
}

func partOf(told *contact.Family, id contact.ID) contact.ID {
	if root := told.Root(id); root != id {
		return root
	}
	return ""
}
