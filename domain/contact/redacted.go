package contact

import (
	"maps"
	"slices"

	"skein/domain"
)

// Redacted tells that what is another's of whom nothing is left was taken out of what comes
// before it in a contact's history, and says what that cannot say any more.
type Redacted struct {
	To   []ID                                `json:"to,omitempty"`   // those to whom something was split off that is gone
	But  []Slot                              `json:"but,omitempty"`  // what else went to them, and stays
	Of   map[ID][]Slot                       `json:"of,omitempty"`   // survivors from whom it went, and which of their tags and identities merges into them go on to name
	Stay map[uint64]map[ID]map[string]Choice `json:"stay,omitempty"` // by the revisions of unmerges, see [Unmerged]
}

// Kind implements domain.Event.
func (Redacted) Kind() string { return "contact.redacted" }

func (e Redacted) evolve(c Contact, _ domain.Moment) Contact {
	gave, values := maps.Clone(c.Gave), maps.Clone(c.Values)
	for _, slot := range e.Forgets(c) {
		delete(gave, slot)
		delete(values, slot)
	}
	c.Merge.Choices = maps.Clone(c.Merge.Choices)
	maps.DeleteFunc(c.Merge.Choices, func(slot string, _ Choice) bool { return e.Unnames(c.Merge.Into, Slot(slot)) })
	if c.Gave, c.Values = gave, values; len(gave) == 0 {
		c.Gave = nil
	}
	return c
}

// Forgets are the tags and identities, in alphabetical order, of which the contact's story
// does not say any more that they went to somebody. Of fields, which every contact of a
// space has, it goes on to say so.
func (e Redacted) Forgets(c Contact) (slots []Slot) {
	for slot, to := range c.Gave {
		if _, field := slot.Field(); !field && slices.Contains(e.To, to) && !slices.Contains(e.But, slot) {
			slots = append(slots, slot)
		}
	}
	slices.Sort(slots)
	return slots
}

// Unnames reports whether merges into a contact do not name a slot any more.
func (e Redacted) Unnames(into ID, slot Slot) bool {
	names, of := e.Of[into]
	_, field := slot.Field()
	return of && !field && !slices.Contains(names, slot)
}

func (e Redacted) redacted(r Redaction) Event {
	stays := func(slots []Slot, goes func(Slot) bool) []Slot {
		return slices.DeleteFunc(slices.Clone(slots), func(slot Slot) bool {
			_, field := slot.Field()
			return !field && (r.Own || goes(slot))
		})
	}
	e.But = stays(e.But, func(slot Slot) bool { return r.Goes(slot, on) })
	of := e.Of
	e.Of = nil
	for id, names := range of {
		e.Of = set(e.Of, id, stays(names, func(slot Slot) bool { return r.Unnamed(id, slot) }))
	}
	return e
}
