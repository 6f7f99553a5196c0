package commands

import (
	"context"
	"errors"
	"slices"

	"skein/domain"
	"skein/domain/contact"
)

// An unmerge before which its survivor has to lose something is a process: somebody else
// would see the one without the other if it broke off in between.

// unmergeAsked is what is asked of the process.
type unmergeAsked struct {
	Absorbed contact.ID `json:"absorbed"`
	How      Parting    `json:"how"`
}

func (h *Handler) unmerging() course[unmergeAsked] {
	return course[unmergeAsked]{
		what: "unmerge",
		steps: func(ctx context.Context, by domain.By, in Room, asked unmergeAsked) error {
			told, err := load(ctx, h, in.contact(asked.Absorbed), contact.Evolve)
			if err != nil {
				return err
			}
			if _, done, err := told.carriedOut(step(by, "back")); done || err != nil {
				return err
			}
			_, err = h.part(ctx, by, in, asked.Absorbed, asked.How)
			return err
		},
		back: h.unmove,
	}
}

// unmove gives back what anybody has lost for an unmerge that was refused in the end.
func (h *Handler) unmove(ctx context.Context, by domain.By, in Room, asked unmergeAsked) error {
	above, err := h.above(ctx, in, asked.Absorbed)
	if err != nil {
		return err
	}
	for _, one := range above {
		lost, err := h.lostBy(ctx, in, one, step(by, "move/"+string(one)).Key)
		if err != nil || len(lost) == 0 {
			return err
		}
		by := step(by, "keep/"+string(one))
		_, err = h.EditContact(ctx, by, in, one, regaining(lost))
		if errors.Is(err, contact.ErrMerged) { // nothing is claimed anew: it is a part of whoever the value names
			_, err = carryOut(ctx, h, by, in.contact(one), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
				return contact.Decide(c, contact.Regain{Values: lost})
			})
		}
		var refused *domain.Refusal
		if err != nil && !errors.As(err, &refused) {
			return err
		}
	}
	return nil
}

// lostBy are the values that an event with a key took off a contact.
func (h *Handler) lostBy(ctx context.Context, in Room, id contact.ID, key string) (map[contact.Slot]string, error) {
	var c contact.Contact
	for r, err := range h.Journal.Read(ctx, in.contact(id), 0) {
		if err != nil {
			return nil, unreadable(in.contact(id), err)
		}
		e, ok := r.Event.(contact.Event)
		if !ok {
			continue
		}
		if r.By.Key == key {
			lost := map[contact.Slot]string{}
			for slot := range says(e) {
				if had := c.Values[slot].Text; had != "" {
					lost[slot] = had
				}
			}
			return lost, nil
		}
		c = contact.Evolve(c, e, r.Moment)
	}
	return nil, nil
}

// regaining is the edit with values put back.
func regaining(values map[contact.Slot]string) (edit contact.Edit) {
	for slot, text := range values {
		if tag, is := slot.Tag(); is {
			edit.Tag = append(edit.Tag, tag)
		} else if i, is := slot.Identity(); is {
			edit.Link = append(edit.Link, i)
		} else {
			if edit.Fields == nil {
				edit.Fields = map[string]string{}
			}
			edit.Fields[string(slot)] = text
		}
	}
	slices.Sort(edit.Tag)
	return edit
}
