package contact

import (
	"maps"
	"slices"
	"time"

	"skein/domain"
)

// Interaction is an event in a contact's conversation: something said or done
// between the contact and the space at some time.
type Interaction interface {
	domain.Event
	Interacted() Interacted
}

// Interacted is what an interaction says of its contact.
type Interacted struct {
	Ref                // of what can be taken over by another contact
	Identity           // by which it came or went; zero: by none
	At       time.Time // when it happened
	Way      Way
	Talk     TalkState // what becomes of the conversation on the channel, if anything does
	Reason   string    // why the conversation was closed
}

// Ref names an interaction of a space for ever: of what sort it is, and its id, such as
// "message 5f0c". Unlike its place in the journal it is the same in every copy.
type Ref string

// Way is which way an interaction went.
type Way string

const (
	Aside    Way = ""         // neither: comments, and what happens to conversations
	Incoming Way = "incoming" // from the contact
	Outgoing Way = "outgoing" // to the contact
	Done     Way = "done"     // by the contact, elsewhere: custom events
)

// Touch is when the contact was in touch last by one of its identities.
type Touch struct {
	Last       time.Time       `json:"last"`
	Of         Ref             `json:"of"`
	At         domain.Position `json:"at,omitempty"` // of the event that says so
	Incoming   time.Time       `json:"incoming,omitzero"`
	IncomingOf Ref             `json:"incoming_of,omitempty"`
	IncomingAt domain.Position `json:"incoming_at,omitempty"`
}

// TalkState is whether a conversation is open.
type TalkState string

const (
	Opened   TalkState = "open"
	Reopened TalkState = "reopened" // what becomes of a conversation that goes on; it is open then
	Closed   TalkState = "closed"
)

// Talk is the conversation with a contact on one channel.
type Talk struct {
	State  TalkState       `json:"state"`
	Since  time.Time       `json:"since"`            // when it was opened or closed
	Opened time.Time       `json:"opened"`           // when it was opened last
	Reason string          `json:"reason,omitempty"` // why it was closed
	At     domain.Position `json:"at"`               // of the event that says so
}

// ByMerge is the reason of conversations that a merge closed. No event says so, so
// nothing that waits for conversations to be closed ever meets one (C2-67).
const ByMerge = "merge"

// interacted is the contact after an interaction.
func (c Contact) interacted(i Interacted, m domain.Moment) Contact {
	if i.Talk != "" {
		talk := c.Talks[i.Channel]
		talk.State, talk.Since, talk.Reason, talk.At = i.Talk, i.At, i.Reason, m.Position
		switch i.Talk {
		case Opened:
			talk.Opened = i.At
		case Reopened:
			talk.State = Opened
		}
		c.Talks = set(c.Talks, i.Channel, talk)
	}
	if i.Way == Aside {
		return c
	}
	touch := Touch{Last: i.At, Of: i.Ref, At: m.Position}
	if i.Way == Incoming {
		touch.Incoming, touch.IncomingOf, touch.IncomingAt = i.At, i.Ref, m.Position
	}
	slot := i.Identity.Slot()
	c.Touches = set(c.Touches, slot, c.Touches[slot].later(touch))
	return c.touched()
}

// later is the touch that both say.
func (t Touch) later(other Touch) Touch {
	if other.Last.After(t.Last) || other.Last.Equal(t.Last) && other.At > t.At {
		t.Last, t.Of, t.At = other.Last, other.Of, other.At
	}
	if other.Incoming.After(t.Incoming) || other.Incoming.Equal(t.Incoming) && other.IncomingAt > t.IncomingAt {
		t.Incoming, t.IncomingOf, t.IncomingAt = other.Incoming, other.IncomingOf, other.IncomingAt
	}
	return t
}

// touched is the contact with what follows from its touches.
func (c Contact) touched() Contact {
	var all Touch
	c.LastChannel = ""
	for _, slot := range slices.Sorted(maps.Keys(c.Touches)) {
		was := all
		if all = all.later(c.Touches[slot]); all.Last != was.Last || all.At != was.At {
			i, _ := slot.Identity()
			c.LastChannel = i.Channel
		}
	}
	c.LastInteraction, c.LastIncoming = all.Last, all.Incoming
	return c
}

// Opened is when the latest of the contact's conversations was opened; zero: none was
// (C2-30).
func (c Contact) Opened() (at time.Time) {
	for _, talk := range c.Talks {
		if talk.Opened.After(at) {
			at = talk.Opened
		}
	}
	return at
}

// set is m with one more entry, m staying as it is.
func set[K comparable, V any](m map[K]V, key K, value V) map[K]V {
	after := make(map[K]V, len(m)+1)
	maps.Copy(after, m)
	after[key] = value
	return after
}
