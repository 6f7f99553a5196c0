package commands

import (
	"maps"
	"slices"
	"strings"

	"skein/domain/contact"
	"skein/domain/space"
)

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
