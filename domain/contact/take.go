package contact

import (
	"maps"
	"slices"
	"time"

	"skein/domain"
)

// Take makes interactions that were recorded with other contacts this one's own from
// now on (D2-3): those that one of its identities carried, or a list of them.
type Take Taken

// Taken says which interactions of which contacts.
type Taken struct {
	From         []ID                    `json:"from"` // with whom they were recorded
	Identities   []Identity              `json:"identities,omitempty"`
	Interactions []Ref                   `json:"interactions,omitempty"`
	Left         map[ID]map[string]Touch `json:"left,omitempty"` // when the others were in touch last without those of the list, by the slots these concern
	Got          map[string]Touch        `json:"got,omitempty"`  // when the contact was by those of the list
}

// Noted is an interaction that is a contact's own.
type Noted struct {
	Position domain.Position // of the event
	At       time.Time       // when it happened
	Ref
	Identity
	Way Way
}

func (cmd Take) decide(c Contact) ([]Event, error) {
	if err := c.Standing(); err != nil {
		return nil, err
	}
	if Taken(cmd).empty() {
		return nil, nil
	}
	return []Event{InteractionsTaken(cmd)}, nil
}

func (t Taken) empty() bool {
	return len(t.From) == 0 || len(t.Identities)+len(t.Interactions) == 0
}

// InteractionsTaken tells that interactions are this contact's own from now on.
type InteractionsTaken Taken

// Kind implements domain.Event.
func (InteractionsTaken) Kind() string { return "contact.interactions_taken" }

func (e InteractionsTaken) evolve(c Contact, m domain.Moment) Contact {
	for slot, touch := range e.Got {
		touch = touch.saidAt(m)
		c.Touches = set(c.Touches, Slot(slot), c.Touches[Slot(slot)].later(touch))
	}
	return c.touched()
}

func (e InteractionsTaken) redacted(r Redaction) Event {
	e.Identities, e.Interactions, e.Got = slices.Clone(e.Identities), r.refs(e.Interactions), r.touches(e.Got)
	for i, one := range e.Identities {
		e.Identities[i] = r.Identity(one)
	}
	left := e.Left
	e.Left = nil
	for id, touches := range left {
		e.Left = set(e.Left, id, r.touches(touches))
	}
	return e
}

// yield is a contact without the interactions that were taken from it, and the
// touches that go with those of whole identities.
func (e InteractionsTaken) yield(id ID, c Contact, m domain.Moment) (left Contact, gone map[Slot]Touch) {
	gone = map[Slot]Touch{}
	touches := maps.Clone(c.Touches)
	for _, i := range e.Identities {
		if touch, has := touches[i.Slot()]; has {
			gone[i.Slot()] = touch
			delete(touches, i.Slot())
		}
	}
	for slot, touch := range touches {
		was := e.Left[id][string(slot)].saidAt(m)
		if slices.Contains(e.Interactions, touch.Of) {
			touch.Last, touch.Of, touch.At = was.Last, was.Of, was.At
		}
		if slices.Contains(e.Interactions, touch.IncomingOf) {
			touch.Incoming, touch.IncomingOf, touch.IncomingAt = was.Incoming, was.IncomingOf, was.IncomingAt
		}
		if touches[slot] = touch; touch.Of == "" {
			delete(touches, slot)
		}
	}
	c.Touches = touches
	return c.touched(), gone
}

// saidAt is the touch as an event says it, which knows no places in the journal.
func (t Touch) saidAt(m domain.Moment) Touch {
	t.At, t.IncomingAt = 0, 0
	if t.Of != "" {
		t.At = m.Position
	}
	if t.IncomingOf != "" {
		t.IncomingAt = m.Position
	}
	return t
}
