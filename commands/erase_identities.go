package commands

import (
	"context"
	"slices"

	"skein/domain/contact"
	"skein/domain/space"
)

// identities are those by which the erased were ever known, or by which interactions came
// or went that are redacted, as they are hidden.
func (r *reach) identities(hide func(string) string) map[contact.Identity]bool {
	all := map[contact.Identity]bool{}
	add := func(i contact.Identity) {
		if i.Of != "" {
			i.Of = hide(i.Of)
			all[i] = true
		}
	}
	mail, _ := r.in.Space.Channel(space.Mail)
	channels := append(slices.Clip(r.in.Space.Channels), mail)
	for _, was := range r.history {
		e, is := was.Event.(contact.Event)
		if !is || !r.goes(contact.KeyOf(was.Stream).ID) {
			continue
		}
		said := says(e)
		for slot := range said {
			if i, is := slot.Identity(); is {
				add(i)
			}
		}
		for _, c := range channels {
			add(contact.Identity{Channel: c.Key, Of: said[contact.Slot(r.in.identifier(c.Key))]})
		}
	}
	for _, i := range r.redacted(hide) {
		add(i)
	}
	return all
}

// leadsOn reports whether a message that comes by an identity would reach a contact that
// is there already. It changes nothing.
func (h *Handler) leadsOn(ctx context.Context, in Room, i contact.Identity) (bool, error) {
	root, _, err := h.holder(ctx, in, identity(i))
	kind := in.identifier(i.Channel)
	if err != nil || root != "" || kind == "" {
		return root != "", err
	}
	if !in.Space.Names(kind) {
		who, err := h.latest(ctx, in, kind, i.Of)
		return who.id != "", err
	}
	root, _, err = h.holder(ctx, in, claimed{kind, i.Of})
	return root != "", err
}
