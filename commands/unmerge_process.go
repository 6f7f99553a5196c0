package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/process"
)

// An unmerge before which its survivor has to lose something is a process: somebody else
// would see the one without the other if it broke off in between.

// unmergeAsked is what is asked of the process.
type unmergeAsked struct {
	Absorbed contact.ID            `json:"absorbed"`
	How      Parting               `json:"how"`
	Losers   []contact.ID          `json:"losers"`         // who may have to lose something for it, and nobody else
	Seen     map[contact.ID]uint64 `json:"seen,omitempty"` // what its preview was made of, if there was one
}

// loses is what is asked of the process that takes a contact out, or why it is not.
func (h *Handler) loses(ctx context.Context, in Room, absorbed contact.ID, how Parting) (unmergeAsked, error) {
	p, err := h.plan(ctx, in, absorbed, how)
	if err != nil {
		return unmergeAsked{}, err
	}
	losers := slices.AppendSeq(slices.Clone(p.above), maps.Keys(p.forgo))
	slices.Sort(losers)
	return unmergeAsked{absorbed, how, slices.Compact(losers), p.seen}, nil
}

func (h *Handler) unmerging() course[unmergeAsked] {
	return course[unmergeAsked]{"unmerge", h.losing, h.unmove}
}

// losing takes a contact out for whom others lose something first. What was previewed
// is looked at again until one of them has lost it.
func (h *Handler) losing(ctx context.Context, by domain.By, in Room, asked unmergeAsked) error {
	if parted, err := h.partedBefore(ctx, by, in, asked.Absorbed, asked.How); parted || err != nil {
		return err
	}
	p, err := h.plan(ctx, in, asked.Absorbed, asked.How)
	if _, reversed := errors.AsType[*alreadyReversed](err); reversed {
		return nil
	}
	if err != nil {
		return err
	}
	for one := range p.forgo {
		if !slices.Contains(asked.Losers, one) {
			return ErrBusy // it has become a part of somebody else meanwhile
		}
	}
	begun, err := h.lost(ctx, by, in, asked.Losers)
	if err != nil {
		return err
	}
	if p.seen = asked.Seen; !begun {
		if err := p.fresh(); err != nil {
			return err
		}
	}
	_, err = h.carryOutPlan(ctx, by, in, p)
	return err
}

// lost reports whether anybody has lost something for the unmerge yet.
func (h *Handler) lost(ctx context.Context, by domain.By, in Room, losers []contact.ID) (bool, error) {
	for _, one := range losers {
		told, err := load(ctx, h, in.contact(one), contact.Evolve)
		if err != nil {
			return false, err
		}
		if _, lost, err := told.carriedOut(step(by, "move/"+string(one))); lost || err != nil {
			return lost, err
		}
	}
	return false, nil
}

// unmove gives back what anybody has lost for an unmerge that was refused in the end, or
// undone.
func (h *Handler) unmove(ctx context.Context, by domain.By, in Room, asked unmergeAsked) error {
	for _, one := range asked.Losers {
		lost, err := h.lostBy(ctx, in, one, step(by, "move/"+string(one)).Key)
		if err != nil {
			return err
		}
		if len(lost) == 0 {
			continue
		}
		by := step(by, "keep/"+string(one))
		_, err = h.EditContact(ctx, by, in, one, regaining(lost))
		if errors.Is(err, contact.ErrMerged) { // nothing is claimed anew: it is a part of whoever the value names
			err = h.regain(ctx, by, in, one, lost)
		}
		if err != nil && !forGood(err) {
			return err
		}
	}
	return nil
}

// regain gives a contact back what it did without, and claims nothing.
func (h *Handler) regain(ctx context.Context, by domain.By, in Room, id contact.ID, lost map[contact.Slot]string) error {
	_, err := carryOut(ctx, h, by, in.contact(id), contact.Evolve, func(c contact.Contact) ([]contact.Event, error) {
		return contact.Decide(c, contact.Regain{Values: lost})
	})
	return err
}

// lostBy are the values that an event with a key took off a contact, but for those of
// which anything was said since.
func (h *Handler) lostBy(ctx context.Context, in Room, id contact.ID, key string) (map[contact.Slot]string, error) {
	var c contact.Contact
	lost := map[contact.Slot]string{}
	for r, err := range h.Journal.Read(ctx, in.contact(id), 0) {
		if err != nil {
			return nil, unreadable(in.contact(id), err)
		}
		e, ok := r.Event.(contact.Event)
		if !ok {
			continue
		}
		for slot, text := range says(e) {
			delete(lost, slot)
			if had := c.Values[slot].Text; r.By.Key == key && text == "" && had != "" {
				lost[slot] = had
			}
		}
		c = contact.Evolve(c, e, r.Moment)
	}
	return lost, nil
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

// asProcess is what was asked of the process that an unmerge is, and by whom its steps
// are recorded; nobody, if it is none.
func (h *Handler) asProcess(ctx context.Context, by domain.By, in Room) (inner domain.By, asked unmergeAsked, err error) {
	p := &proceeding{Handler: h, key: process.Key{Space: in.ID, ID: process.ID(h.IDFor(by))}}
	if err := p.look(ctx); err != nil || p.told.state.What != h.unmerging().what {
		return domain.By{}, asked, err
	}
	if err := json.Unmarshal(p.told.state.Asked, &asked); err != nil {
		return domain.By{}, asked, fmt.Errorf("read what was asked: %w", err)
	}
	return p.inner(), asked, nil
}
