package commands

import (
	"context"
	"errors"
	"slices"
	"strings"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
)

// claimImported claims for the contacts of an imported space what names them there.
// All their histories are told already; what they had once and have no more is free.
func (h *Handler) claimImported(ctx context.Context, in Room, events Events, told func()) error {
	lanes := sideBySide(ctx, func(ctx context.Context, r domain.Recorded) error {
		for _, c := range in.naming(r.Event) {
			if err := h.claimShown(ctx, in, contact.KeyOf(r.Stream).ID, c, r.By); err != nil {
				return err
			}
		}
		return nil
	})
	for r, err := range events {
		if err != nil {
			return errors.Join(err, lanes.end())
		}
		if lanes.ctx.Err() != nil {
			break
		}
		told()
		if len(in.naming(r.Event)) > 0 {
			lanes.add(r, contact.KeyOf(r.Stream).ID)
		}
	}
	return lanes.end()
}

// naming are the values by which an event names its contact.
func (in Room) naming(e domain.Event) []claimed {
	if said, ok := e.(contact.Event); ok {
		return in.said([]contact.Event{said})
	}
	return nil
}

// claimShown claims a value for a contact that shows it. Of two that are one, the part
// holds it and the whole has borrowed it. Of one that does not show it any more it is noted
// that it named him once: what was noted with him is looked for there.
func (h *Handler) claimShown(ctx context.Context, in Room, id contact.ID, c claimed, by domain.By) error {
	own, err := h.contact(ctx, in, id)
	if err != nil {
		return err
	}
	s := h.identifier(in, c).Stream()
	for attempt := 1; attempt <= attempts; attempt++ {
		held, err := load(ctx, h, s, identifier.Evolve)
		if err != nil {
			return err
		}
		if own.Deleted > 0 || !c.of(own) {
			if slices.Contains(held.state.Past, id) {
				return nil
			}
			_, err = h.Journal.Append(ctx, s, held.length, natural(by), claimedOnce(held.state, id)...)
			if !errors.Is(err, ErrMovedOn) {
				return err
			}
			continue
		}
		cmd := identifier.Claim{For: id}
		if other := held.state.Holder; other != "" && other != id {
			if yields, err := h.yields(ctx, in, other, id, c); err != nil || !yields {
				return err
			}
			cmd.Over, cmd.Found = other, held.state.At
		}
		decided, err := identifier.Decide(held.state, cmd)
		if err != nil || len(decided) == 0 {
			return err
		}
		_, err = h.Journal.Append(ctx, s, held.length, natural(by), decided[0])
		if !errors.Is(err, ErrMovedOn) {
			return err
		}
	}
	return ErrBusy
}

// claimedOnce is what tells that a value named a contact, and leaves it to whom it names.
func claimedOnce(i identifier.Identifier, id contact.ID) []domain.Event {
	if i.Holder == "" {
		return []domain.Event{identifier.Claimed{Contact: id}, identifier.Released{By: id}}
	}
	return []domain.Event{identifier.Claimed{Contact: id}, identifier.Claimed{Contact: i.Holder}}
}

// yields reports whether a value goes from one contact that claimed it to another one
// that shows it too: to its own part, or because it was deleted.
func (h *Handler) yields(ctx context.Context, in Room, from, to contact.ID, c claimed) (bool, error) {
	holder, err := h.contact(ctx, in, from)
	if err != nil {
		return false, err
	}
	above, standing, err := h.wholes(ctx, in, from)
	if err != nil || holder.Deleted > 0 || standing.Deleted > 0 {
		return true, err
	}
	mine, root, err := h.wholes(ctx, in, to)
	switch {
	case err != nil:
		return false, err
	case root.Deleted > 0 || slices.Contains(above, to):
		return false, nil
	case slices.Contains(mine, from):
		return true, nil
	case len(above)+len(mine) == 0 && strings.HasPrefix(string(c.kind), ofChannel):
		return false, nil // one had not given it back yet
	case len(above) > 0 || len(mine) > 0 || in.Space.Identified > 0: // what names a contact was changed: one may hide it
		return len(above) > 0 && len(mine) == 0, nil
	}
	return false, errArchive.Saying("The archive is damaged, or was changed: contacts " + string(from) + " and " + string(to) + " both have a value that names one contact only. Export the space again.")
}

// wholes are the contacts that a contact is a part of, from its own survivor up, and
// the story of the last of them. It changes nothing: void merges are passed over.
func (h *Handler) wholes(ctx context.Context, in Room, id contact.ID) (ids []contact.ID, root contact.Contact, err error) {
	root, err = h.contact(ctx, in, id)
	for err == nil && root.Deleted == 0 && root.Merge.Into != "" {
		var survivor contact.Contact
		survivor, err = h.contact(ctx, in, root.Merge.Into)
		if err != nil {
			return ids, root, err
		}
		var void bool
		if void, err = h.void(ctx, in, survivor, root.Merge); err != nil || void {
			return ids, root, err
		}
		var into contact.ID
		if into, root, err = h.parent(ctx, in, root.Merge, survivor); err == nil {
			ids = append(ids, into)
		}
	}
	return ids, root, err
}
