package commands

import (
	"context"
	"iter"
	"slices"

	"skein/domain/contact"
	"skein/domain/erasure"
	"skein/domain/space"
)

// ErasurePreview is what erasing a contact comes to.
type ErasurePreview struct {
	Goes  []Going   // the contact, and then what is a part of it or went with it
	Stays []Staying // who was once one with them, or was split off
	Token string    // by which these are erased, and nobody else
}

// Going is a contact of whom nothing is left after an erasure.
type Going struct {
	Staying
	Fields     map[string]string // of those that name contacts: email, external_id and phone
	Identities []contact.Identity
	Erased     bool // before
}

// Staying is a contact that an erasure leaves as it is, but for what others said.
type Staying struct {
	ID           contact.ID
	Name         string // as its own story has it; empty: it was deleted, and nothing is told of it
	Deleted      bool
	Interactions int // of those who go that were noted with it, and are redacted
	Left         int // its own by now, that came by identities of those who go, and stay
}

// PreviewErasure tells what erasing a contact comes to, be it that it stands or that it
// was deleted, and does nothing.
func (h *Handler) PreviewErasure(ctx context.Context, in Room, id contact.ID) (ErasurePreview, error) {
	if err := h.erasable(ctx, in, id); err != nil {
		return ErasurePreview{}, err
	}
	r, err := h.reach(ctx, in, id, nil)
	if err != nil {
		return ErasurePreview{}, err
	}
	show := ErasurePreview{Token: h.previewToken(in, r.told.Seen(id), eraseAs(id)...)}
	noted, left := r.noted(h.hiding(in))
	for _, one := range r.members {
		show.Goes = append(show.Goes, r.going(one, noted[one]))
	}
	for _, one := range slices.Sorted(slices.Values(r.kin)) {
		if !slices.Contains(r.members, one) {
			stays := r.staying(one, noted[one])
			stays.Left = left[one]
			show.Stays = append(show.Stays, stays)
		}
	}
	return show, nil
}

// eraseAs is what the token of a preview is for.
func eraseAs(id contact.ID) []string { return []string{"erase", string(id)} }

func (r *reach) staying(id contact.ID, noted int) Staying {
	c := r.told.Own(id)
	s := Staying{ID: id, Deleted: c.Deleted > 0, Interactions: noted}
	if !s.Deleted {
		s.Name = c.Name()
	}
	return s
}

func (r *reach) going(id contact.ID, noted int) Going {
	g := Going{Staying: r.staying(id, noted), Fields: map[string]string{}, Erased: slices.Contains(r.before, id)}
	c := r.told.Own(id)
	for _, kind := range []space.Identifier{space.Email, space.ExtID, space.Phone} {
		if text := c.Field(string(kind)); text != "" {
			g.Fields[string(kind)] = text
		}
	}
	g.Identities = c.Identities()
	return g
}

// noted counts the interactions that are redacted, by with whom they were noted, and those
// that are left there though they came by an identity of those who go.
func (r *reach) noted(hide func(string) string) (gone, left map[contact.ID]int) {
	gone, left = map[contact.ID]int{}, map[contact.ID]int{}
	known, all := r.identities(hide), r.all()
	theirs := func(i contact.Identity) bool {
		i.Of = hide(i.Of)
		return known[i]
	}
	for _, was := range r.history {
		with := contact.KeyOf(was.Stream).ID
		if said, is := was.Event.(contact.Interaction); is && !slices.Contains(all, with) && theirs(said.Interacted().Identity) {
			left[with]++
		}
	}
	for with, i := range r.redacted(hide) {
		if slices.Contains(r.before, with) { // hidden elsewhere, if the space was imported
			continue
		}
		gone[with]++
		if theirs(i) {
			left[with]--
		}
	}
	return gone, left
}

// redacted yields of the interactions that an erasure redacts with whom they were noted,
// and the identities by which they came or went.
func (r *reach) redacted(hide func(string) string) iter.Seq2[contact.ID, contact.Identity] {
	after := erasure.Redacted(r.all(), r.history, hide)
	return func(yield func(contact.ID, contact.Identity) bool) {
		for _, was := range r.history {
			said, is := was.Event.(contact.Interaction)
			told := after[was.Stream]
			if !is || was.Revision >= uint64(len(told)) {
				continue
			}
			i := said.Interacted()
			if now, is := told[was.Revision].Event.(contact.Interaction); is && now.Interacted().Ref == i.Ref {
				continue
			}
			if !yield(contact.KeyOf(was.Stream).ID, i.Identity) {
				return
			}
		}
	}
}
