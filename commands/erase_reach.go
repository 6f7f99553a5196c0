package commands

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/erasure"
)

// reach is whom an erasure takes, and the histories that say anything of them.
type reach struct {
	in      Room
	members []contact.ID // who is erased: the contact, and what is a part of it or went with it
	before  []contact.ID // who was erased before, of their kin
	kin     []contact.ID // everybody who was ever one with them or split off
	told    contact.Family
	history []domain.Recorded // of all of these, in the order of the journal
}

// reach reads the histories of a contact and of all its kin. Where it was said who was
// seen, nobody else is erased, be it that they became a part of it in between.
func (h *Handler) reach(ctx context.Context, in Room, id contact.ID, seen map[contact.ID]uint64) (*reach, error) {
	if h.Showing == nil {
		return nil, errors.New("nobody knows the kin of a contact")
	}
	r := &reach{in: in}
	var err error
	if r.kin, err = h.Showing.Kin(ctx, in.ID, id); err != nil {
		return nil, err
	}
	if r.history, err = h.histories(ctx, in, r.kin); err != nil {
		return nil, err
	}
	for _, e := range r.history {
		r.told.Tell(e)
	}
	for _, one := range r.told.Within(id) {
		if _, was := seen[one]; was || seen == nil {
			r.members = append(r.members, one)
		}
	}
	for _, one := range r.kin {
		was, err := h.erasure(ctx, in, one)
		if err != nil {
			return nil, err
		}
		r.before = append(r.before, was.Members...)
	}
	return r, nil
}

// all are those of whom nothing is to be left, be they erased now or before: whatever one
// of them said is nobody else's reason to keep it.
func (r *reach) all() []contact.ID {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(r.members, r.before))))
}

// goes reports whether a contact is erased now.
func (r *reach) goes(id contact.ID) bool { return slices.Contains(r.members, id) }

// deleted is where those who are erased were deleted.
func (r *reach) deleted() domain.Position { return r.told.Own(r.members[0]).Deleted }

// erasure is what became of a contact's erasure, if there was one.
func (h *Handler) erasure(ctx context.Context, in Room, id contact.ID) (erasure.Erasure, error) {
	told, err := load(ctx, h, erasure.Key{Space: in.ID, Contact: id}.Stream(), erasure.Evolve)
	return told.state, err
}

// histories are those of contacts and of their conversations, as one.
func (h *Handler) histories(ctx context.Context, in Room, ids []contact.ID) ([]domain.Recorded, error) {
	parts, many := make([][]domain.Recorded, 2*len(ids)), gang{limit: readers}
	for i := range parts {
		key := contact.Key{Space: in.ID, ID: ids[i/2]}
		s := []domain.Stream{key.Stream(), conversation.Stream(key)}[i%2]
		many.do(func() (err error) {
			parts[i], err = h.history(ctx, s)
			return err
		})
	}
	if err := many.end(); err != nil {
		return nil, err
	}
	all := slices.Concat(parts...)
	slices.SortFunc(all, func(a, b domain.Recorded) int { return cmp.Compare(a.Position, b.Position) })
	return all, nil
}

// history is all that was recorded in a stream.
func (h *Handler) history(ctx context.Context, s domain.Stream) (all []domain.Recorded, err error) {
	for r, err := range h.Journal.Read(ctx, s, 0) {
		if err != nil {
			return nil, unreadable(s, err)
		}
		all = append(all, r)
	}
	return all, nil
}
