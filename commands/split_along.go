package commands

import (
	"context"
	"errors"
	"slices"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// goesAlong are the interactions that go to the new contact.
func (h *Handler) goesAlong(ctx context.Context, in Room, asked splitAsked, split contact.Split) (contact.Taken, error) {
	switch asked.What.Interactions {
	case Nothing:
		return contact.Taken{}, nil
	case ByIdentity, AsListed:
	default:
		return contact.Taken{}, errGoes.Where("/interactions")
	}
	if h.Showing == nil {
		return contact.Taken{}, errors.New("nobody knows the interactions of a contact")
	}
	held := contact.Held{By: asked.Contact}
	for n, err := range h.Showing.Noted(ctx, in.ID, asked.Contact, 0) {
		if err != nil {
			return contact.Taken{}, err
		}
		held.Noted = append(held.Noted, n)
	}
	if asked.What.Interactions == ByIdentity {
		return contact.Carried([]contact.Held{held}, in.carriers(split)), nil
	}
	taken, unknown := contact.Listed([]contact.Held{held}, asked.What.Listed)
	if len(unknown) > 0 {
		return contact.Taken{}, errNotIts.Where("/listed").Naming("interaction", string(unknown[0]))
	}
	return taken, nil
}

var errNotIts = domain.Refuse(domain.Invalid, "interaction_unknown", "The contact itself has no such interaction to give away.")

// carriers are the identities that went to the new contact, also those that a field of
// it is.
func (in Room) carriers(split contact.Split) []contact.Identity {
	all := slices.Clone(split.Identities)
	for channel, field := range in.identityFields() {
		if of := split.Says[contact.Slot(field)]; of != "" {
			all = append(all, contact.Identity{Channel: channel, Of: of})
		}
	}
	slices.SortFunc(all, contact.Identity.Compare)
	return slices.Compact(all)
}

// identityFields are the fields that say by which identity a contact is known on a
// channel, since they name one contact only.
func (in Room) identityFields() map[string]string {
	fields := map[string]string{}
	mail, _ := in.Space.Channel(space.Mail)
	for _, c := range append(slices.Clip(in.Space.Channels), mail) {
		for _, kind := range in.Space.Unique {
			if string(kind) == string(c.Identities) {
				fields[c.Key] = string(kind)
			}
		}
	}
	return fields
}
