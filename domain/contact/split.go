package contact

import (
	"slices"

	"skein/domain"
)

// SplitOff lets a part of a contact become one of its own: two people were behind
// one address (D2-12). It is asked of the contact that is split; the other one is
// made afterwards, under the id that this names.
type SplitOff struct {
	Into         ID
	Fields       []string // whose values go along
	Tags         []string
	Identities   []Identity
	Interactions []Ref
}

var (
	errNothing = domain.Refuse(domain.Invalid, "split_empty", "Name at least one field, tag or identity that goes to the new contact.")
	errNotHad  = domain.Refuse(domain.Conflict, "split_value_missing", "The contact itself has no such value to give away. What came from a contact that was merged into it goes with that one: unmerge it.")
)

func (cmd SplitOff) decide(c Contact) ([]Event, error) {
	if err := c.Standing(); err != nil {
		return nil, err
	}
	says := map[Slot]string{}
	give := func(slot Slot, at string) error {
		text := c.Values[slot].Text
		if text == "" {
			return errNotHad.Where(at)
		}
		says[slot] = text
		return nil
	}
	for _, key := range cmd.Fields {
		if err := give(Slot(key), "/fields"); err != nil {
			return nil, err
		}
	}
	for _, tag := range cmd.Tags {
		if err := give(TagSlot(tag), "/tags"); err != nil {
			return nil, err
		}
	}
	for _, i := range cmd.Identities {
		if err := give(i.Slot(), "/identities"); err != nil {
			return nil, err
		}
	}
	if len(says) == 0 {
		return nil, errNothing
	}
	taken := slices.Compact(slices.Sorted(slices.Values(cmd.Interactions)))
	return []Event{Split{cmd.Into, says, cmd.Identities, taken}}, nil
}

// Split tells that a part of a contact went to a new one, and what it took along.
type Split struct {
	Into         ID              `json:"into"`
	Says         map[Slot]string `json:"says"`
	Identities   []Identity      `json:"identities,omitempty"`
	Interactions []Ref           `json:"interactions,omitempty"`
}

// Kind implements domain.Event.
func (Split) Kind() string { return "contact.split" }

func (e Split) evolve(c Contact, m domain.Moment) Contact {
	without := make(map[Slot]string, len(e.Says))
	for slot := range e.Says {
		without[slot] = ""
		c.Gave = set(c.Gave, slot, e.Into)
	}
	c.Values, c.Parts = with(c.Values, without, m.Position), append(slices.Clip(c.Parts), e.Into)
	return c
}

func (e Split) redacted(r Redaction) Event {
	e.Says = r.says(e.Says)
	e.Identities = slices.DeleteFunc(slices.Clone(e.Identities), func(i Identity) bool { return r.Own || r.Goes(i.Slot(), on) })
	e.Interactions = r.refs(e.Interactions)
	return e
}
