package commands

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
	"skein/domain/space"
)

// grace is how long a claim counts though its contact does not show the value
// yet: longer than any command takes from its claim to its end.
const grace = time.Minute

// claimed is a value that names a contact: of an identifier, or an identity on a
// channel.
type claimed struct {
	kind  space.Identifier
	value string
}

// ofChannel begins the kinds of identities on channels, each channel having its own.
const ofChannel = "channel."

// identity is what a channel identity is claimed as.
func identity(i contact.Identity) claimed {
	return claimed{space.Identifier(ofChannel + i.Channel), i.Of}
}

// identity is the channel identity that is claimed, if it is one.
func (c claimed) identity() (contact.Identity, bool) {
	channel, is := strings.CutPrefix(string(c.kind), ofChannel)
	return contact.Identity{Channel: channel, Of: c.value}, is
}

// slot is where a contact shows the value.
func (c claimed) slot() contact.Slot {
	if i, is := c.identity(); is {
		return i.Slot()
	}
	return contact.Slot(c.kind)
}

// is reports whether the value is what a slot says.
func (c claimed) is(text string) bool {
	if _, is := c.identity(); is {
		return text != ""
	}
	return text == c.value
}

// of reports whether a contact shows the value.
func (c claimed) of(shown contact.Contact) bool { return c.is(shown.Values[c.slot()].Text) }

// clear is the edit with the value taken off the contact.
func (c claimed) clear(edit contact.Edit) contact.Edit {
	if i, is := c.identity(); is {
		edit.Unlink = append(slices.Clip(edit.Unlink), i)
		return edit
	}
	fields := map[string]string{string(c.kind): ""}
	maps.Copy(fields, edit.Fields)
	edit.Fields = fields
	return edit
}

// claims are the values that slots say and that are claimed in the room, those of
// identifiers first, in an order that is always the same.
func (in Room) claims(says map[contact.Slot]string) (values []claimed) {
	for _, kind := range in.Space.Claimed() {
		if value := says[contact.Slot(kind)]; value != "" {
			values = append(values, claimed{kind, value})
		}
	}
	for _, slot := range slices.Sorted(maps.Keys(says)) {
		if i, is := slot.Identity(); is && says[slot] != "" {
			values = append(values, identity(i))
		}
	}
	return values
}

// said are the values that events give a contact and that are claimed for it.
func (in Room) said(events []contact.Event) (values []claimed) {
	for _, e := range events {
		values = append(values, in.claims(says(e))...)
	}
	return values
}

// given are the values of a contact's own story that events take off it.
func (in Room) given(c contact.Contact, events []contact.Event) (values []claimed) {
	for _, had := range in.names(c) {
		if slices.ContainsFunc(events, func(e contact.Event) bool {
			text, said := says(e)[had.slot()]
			return said && !had.is(text)
		}) {
			values = append(values, had)
		}
	}
	return values
}

// says is what an event says of its contact's slots.
func says(e contact.Event) map[contact.Slot]string {
	switch e := e.(type) {
	case contact.Created:
		return e.Says
	case contact.Edited:
		return e.Says
	}
	return nil
}

// claim makes id the contact that the values name, or none of them if one is
// another contact's. It returns those that are new to the contact.
func (h *Handler) claim(ctx context.Context, by domain.By, in Room, id contact.ID, values []claimed) (fresh []claimed, err error) {
	for _, c := range values {
		isNew, err := h.claimOne(ctx, by, in, id, c)
		if err != nil {
			h.release(ctx, by, in, id, fresh, 0)
			if in.shares(c.kind) && (errors.Is(err, identifier.ErrTaken) || errors.Is(err, identifier.ErrPending)) {
				err = h.contend(ctx, in)
			}
			return nil, err
		}
		if isNew {
			fresh = append(fresh, c)
		}
	}
	return fresh, nil
}

// shares reports whether contacts may share values of an identifier that are claimed
// all the same, because that is about to end.
func (in Room) shares(kind space.Identifier) bool {
	return !strings.HasPrefix(string(kind), ofChannel) && !in.Space.Names(kind)
}

// claimOne claims one value, over a holder that has no right to it if need be. A
// value of a contact that is a part of this one is left with it, and borrowed. It
// reports whether the value was not the contact's before.
func (h *Handler) claimOne(ctx context.Context, by domain.By, in Room, id contact.ID, c claimed) (fresh bool, err error) {
	if c.value == "" {
		return false, nil
	}
	s := h.identifier(in, c).Stream()
	cmd := identifier.Claim{For: id, Anew: true}
	for attempt := 1; ; attempt++ {
		var held identifier.Identifier
		_, err := begin(ctx, h, natural(by), s, identifier.Evolve, func(i identifier.Identifier) ([]identifier.Event, error) {
			held, fresh = i, i.Holder != id
			return identifier.Decide(i, cmd)
		})
		if !errors.Is(err, identifier.ErrTaken) {
			return fresh, err
		}
		root, right, err := h.entitled(ctx, in, held, c)
		switch {
		case err != nil:
			return false, err
		case attempt == attempts:
			return false, named(identifier.ErrPending, c, held.Holder)
		case right == pending:
			if err := pause(ctx, attempt); err != nil {
				return false, err
			}
			continue
		case right == entitled && root == id:
			return false, nil // it stays with the part of the contact whose it is
		case right == entitled:
			return false, named(identifier.ErrTaken, c, root)
		}
		cmd.Over, cmd.Found = held.Holder, held.At
	}
}

func named(refusal *domain.Refusal, c claimed, holder contact.ID) error {
	if i, is := c.identity(); is {
		return refusal.Where("/identities").Naming("channel", i.Channel).Naming("holder", string(holder))
	}
	return refusal.Where("/fields/"+string(c.kind)).Naming("field", string(c.kind)).Naming("holder", string(holder))
}

// right is what right the holder of a value has to it.
type right int

const (
	none     right = iota // its contact is no more, or does not show the value
	pending               // its contact does not show the value yet
	entitled              // its contact shows the value, also as a part of another one
)

// entitled finds out whether the holder of a value has a right to it, and which
// contact the value leads to. A claim whose command died before its end, and one
// of a contact that is no more, give no right. What was split off its holder leads to
// whom it went to.
func (h *Handler) entitled(ctx context.Context, in Room, held identifier.Identifier, c claimed) (contact.ID, right, error) {
	id, shower, err := h.shower(ctx, in, held.Holder, c)
	switch {
	case err != nil:
		return "", none, err
	case shower.Deleted > 0:
		return id, none, nil
	case shower.Created.IsZero() && id != held.Holder:
		return id, entitled, nil // it is about to be made, and has it already
	case !c.of(shower):
		if h.Now().Sub(held.Since) < grace && !held.Since.Before(h.Alone) && held.At >= in.Space.Tightened {
			return id, pending, nil
		}
		return id, none, nil
	}
	root, standing, err := h.resolve(ctx, in, id)
	if err != nil || standing.Deleted > 0 {
		return "", none, err
	}
	return root, entitled, nil
}

// shower is the contact whose own story has a value that a holder claimed: the holder,
// or whoever the value was split off to since.
func (h *Handler) shower(ctx context.Context, in Room, holder contact.ID, c claimed) (contact.ID, contact.Contact, error) {
	own, err := h.contact(ctx, in, holder)
	for err == nil && own.Deleted == 0 && !c.of(own) && own.Gave[c.slot()] != "" { // each went to a new contact
		holder = own.Gave[c.slot()]
		own, err = h.contact(ctx, in, holder)
	}
	return holder, own, err
}

// release frees values that the contact gave up at a position, or never had (0).
// What cannot be freed now is free for the next one who claims it, since nobody
// has a right to it any more.
func (h *Handler) release(ctx context.Context, by domain.By, in Room, id contact.ID, values []claimed, at domain.Position) {
	ctx = context.WithoutCancel(ctx)
	for _, c := range values {
		_, _ = carryOut(ctx, h, natural(by), h.identifier(in, c).Stream(), identifier.Evolve, func(i identifier.Identifier) ([]identifier.Event, error) {
			return identifier.Decide(i, identifier.Release{By: id, Before: at})
		})
	}
}

// holder is the contact that a value leads to, and the one whose own story has it;
// none, if it leads to nobody.
func (h *Handler) holder(ctx context.Context, in Room, c claimed) (root, has contact.ID, err error) {
	told, err := load(ctx, h, h.identifier(in, c).Stream(), identifier.Evolve)
	if err != nil || told.state.Holder == "" {
		return "", "", err
	}
	root, right, err := h.entitled(ctx, in, told.state, c)
	if err != nil || right != entitled {
		return "", "", err
	}
	has, own, err := h.shower(ctx, in, told.state.Holder, c)
	if err == nil && own.Created.IsZero() { // it was split off right now, and leads to whom it went to
		root = has
	}
	return root, has, err
}

func (h *Handler) identifier(in Room, c claimed) identifier.Key {
	return identifier.Key{Space: in.ID, Kind: c.kind, Hash: h.Hash(string(in.ID), string(c.kind), c.value)}
}
