package contact

import (
	"cmp"
	"strings"
)

// Identity is how somebody is known on a channel: the address or number that their
// messages come from. It leads to one contact of a space (C4).
type Identity struct {
	Channel string `json:"channel"` // by its key in the space, such as "email"
	Of      string `json:"identity"`
}

// Slot is the place that says whether a contact has the identity. Being a slot, it is
// united by merges and comes back by unmerges as tags do (C2-62, C2-76).
func (i Identity) Slot() Slot { return Slot("@" + i.Channel + ":" + i.Of) }

// Compare orders identities by their channels, and then as text.
func (i Identity) Compare(other Identity) int {
	return cmp.Or(strings.Compare(i.Channel, other.Channel), strings.Compare(i.Of, other.Of))
}

// Identity is the channel identity whose slot it is, if it is one.
func (s Slot) Identity() (Identity, bool) {
	rest, is := strings.CutPrefix(string(s), "@")
	channel, of, _ := strings.Cut(rest, ":")
	return Identity{channel, of}, is
}

// Field is the key of the field whose slot it is, if it is one.
func (s Slot) Field() (key string, is bool) {
	return string(s), s != "" && s[0] != '#' && s[0] != '@'
}

// Identities are the contact's channel identities, in alphabetical order.
func (c Contact) Identities() []Identity {
	all := []Identity{}
	for _, slot := range c.slots() {
		if i, is := slot.Identity(); is && c.Values[slot].Text != "" {
			all = append(all, i)
		}
	}
	return all
}
