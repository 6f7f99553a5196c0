package commands

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"skein/domain"
	"skein/domain/contact"
)

// A deletion takes along all that is a part of the contact at that moment, and only the
// history of that one says so. Who is taken out afterwards, because that was decided on
// before, has gone all the same (D1-14); his own history does not tell.

// went is where a contact went with another one, of which its own history says that it
// was taken out; 0: it did not. It is found out once for each time it was taken out.
func (h *Handler) went(ctx context.Context, key contact.Key, c contact.Contact) (domain.Position, error) {
	if len(c.Away) == 0 {
		return 0, nil
	}
	until := c.Away[len(c.Away)-1].To
	return h.ends.on(until, func() (domain.Position, error) {
		past, err := h.past(ctx, Room{ID: key.Space}, key.ID, until)
		var f contact.Family
		for _, r := range past {
			f.Tell(r)
		}
		return f.Own(key.ID).Deleted, err
	})
}

// past is, up to a position, how a contact came to be a part of others and no part of
// them any more, and how these did: enough for a family to tell when it was deleted.
func (h *Handler) past(ctx context.Context, in Room, id contact.ID, until domain.Position) (past []domain.Recorded, err error) {
	ids := []contact.ID{id}
	for i := 0; i < len(ids); i++ { // more are found on the way
		for r, err := range h.Journal.Read(ctx, in.contact(ids[i]), 0) {
			if err != nil {
				return nil, unreadable(in.contact(ids[i]), err)
			}
			if r.Position >= until {
				break
			}
			switch e := r.Event.(type) {
			case contact.Merged:
				if !slices.Contains(ids, e.Survivor) {
					ids = append(ids, e.Survivor)
				}
			case contact.Created, contact.Unmerged, contact.Deleted:
			default:
				continue
			}
			past = append(past, r)
		}
	}
	for i, r := range past {
		e, merges := r.Event.(contact.Merged)
		if !merges || len(e.Seen) == 0 {
			continue
		}
		void, err := h.judged(ctx, in, contact.Merge{Seen: e.Seen, At: r.Position})
		if err != nil {
			return nil, err
		}
		if e.Seen = nil; void { // as if his own history were what had moved on
			e.Seen = map[contact.ID]uint64{contact.KeyOf(r.Stream).ID: 0}
		}
		past[i].Event = e
	}
	slices.SortFunc(past, func(a, b domain.Recorded) int { return cmp.Compare(a.Position, b.Position) })
	return past, nil
}

// bury lets the own history of a contact that went with another one say so.
func (h *Handler) bury(ctx context.Context, in Room, id contact.ID) error {
	told, err := fold(ctx, h, in.contact(id), contact.Evolve)
	if err != nil || told.state.Deleted > 0 {
		return err
	}
	_, err = record(ctx, h, domain.By{Actor: "system:merge"}, in.contact(id), told, func(contact.Contact) ([]contact.Event, error) {
		return []contact.Event{contact.Deleted{}}, nil
	})
	if errors.Is(err, ErrMovedOn) || errors.Is(err, contact.ErrDeleted) { // whoever comes next does it, or nobody has to
		return nil
	}
	return err
}
