package commands

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/domain/organization"
	"skein/domain/space"
)

// UnmergePreview is what taking a contact out of another one would come to.
type UnmergePreview struct {
	contact.Parting
	ID         contact.ID // of the survivor that it is a part of
	Collisions []Collision
	Carried    []Carried
	Fields     []string // that the absorbed contact has and the space does not know (D2-7)
	Assignee   string   // of the absorbed contact, who is no longer in the space; empty: there is none such (D2-7)
	Limited    bool     // the space takes in so many contacts; one that comes back is let in all the same (D2-6)
	Token      string   // by which exactly this is done; none, while a collision is not resolved
}

// Carried counts interactions since the merge that one identity carried, and says where
// they are afterwards.
type Carried struct {
	Noted    contact.ID // with whom they were noted
	Identity contact.Identity
	Count    int
	Goes     int // how many of them go along; the others stay
}

var errReversed = domain.Refuse(domain.Conflict, "already_reversed", "The contact stands alone already, so there is nothing to show.")

// PreviewUnmerge tells what an unmerge would come to, and does nothing.
func (h *Handler) PreviewUnmerge(ctx context.Context, in Room, absorbed contact.ID, how Parting) (UnmergePreview, error) {
	p, err := h.draft(ctx, in, absorbed, how, true)
	if _, reversed := errors.AsType[*alreadyReversed](err); reversed {
		return UnmergePreview{}, errReversed
	}
	if err != nil {
		return UnmergePreview{}, err
	}
	show := UnmergePreview{ID: p.root, Collisions: p.collisions}
	if show.Parting, err = p.family.Parting(absorbed, p.cmd, p.forgo, h.Now()); err != nil {
		return UnmergePreview{}, err
	}
	held, err := h.held(ctx, in, p, false)
	if err != nil {
		return UnmergePreview{}, err
	}
	show.Carried = carried(held, p.cmd.Take)
	show.Fields = in.unknownFields(show.Absorbed)
	if show.Assignee, err = h.gone(ctx, in, show.Absorbed.Field("assignee")); err != nil {
		return UnmergePreview{}, err
	}
	limit, err := h.Limit(ctx, in.ID)
	if err != nil {
		return UnmergePreview{}, err
	}
	show.Limited = limit.On
	if err := p.settled(how); err == nil {
		show.Token = h.previewToken(in, p.family.Seen(p.root), how.asked(absorbed)...)
	} else if errors.Is(err, errResolution) {
		return UnmergePreview{}, err
	}
	return show, nil
}

func carried(held []contact.Held, take contact.Taken) (all []Carried) {
	type by struct {
		id contact.ID
		contact.Identity
	}
	at := map[by]int{}
	for _, one := range held {
		for _, n := range one.Noted {
			if n.Ref == "" {
				continue // what happened to the conversation itself cannot go anywhere
			}
			i, known := at[by{one.By, n.Identity}]
			if !known {
				i = len(all)
				at[by{one.By, n.Identity}], all = i, append(all, Carried{Noted: one.By, Identity: n.Identity})
			}
			all[i].Count++
			if slices.Contains(take.Identities, n.Identity) || has(take.Interactions, n.Ref) {
				all[i].Goes++
			}
		}
	}
	slices.SortFunc(all, func(a, b Carried) int {
		return cmp.Or(cmp.Compare(a.Noted, b.Noted), cmp.Compare(a.Identity.Slot(), b.Identity.Slot()))
	})
	return all
}

func has(sorted []contact.Ref, ref contact.Ref) bool {
	_, there := slices.BinarySearch(sorted, ref)
	return there
}

// unknownFields are the fields a contact has that the space does not know.
func (in Room) unknownFields(c contact.Contact) (fields []string) {
	for key := range c.Fields() {
		if _, custom := in.Space.Field(key); space.Standard[key] == "" && !custom {
			fields = append(fields, key)
		}
	}
	slices.Sort(fields)
	return fields
}

// gone is the assignee of a contact if that is no user of the space.
func (h *Handler) gone(ctx context.Context, in Room, assignee string) (string, error) {
	if assignee == "" {
		return "", nil
	}
	org, err := recall(ctx, h, in.Space.Organization.Stream(), organization.Evolve)
	if err != nil || access.PostIn(in.Space, org.state, organization.UserID(assignee)) != (space.Post{}) {
		return "", err
	}
	return assignee, nil
}
