package projections

import (
	"skein/domain"
	"skein/domain/contact"
)

// Source is where a value comes from, and why it counts.
type Source struct {
	Contact  contact.ID      `json:"contact" doc:"Who said so; of what a rule made, the contact itself"`
	Position domain.Position `json:"position" doc:"Of the event that says so"`
	How      string          `json:"how,omitempty" doc:"Why it counts: chosen, or the rule by which it was merged; none: nobody says otherwise, or it was there first" example:"chosen"`
	Merge    *BroughtBy      `json:"merge,omitempty" doc:"The merge that made it the contact's; none: it is its own"`
	Of       []Ingredient    `json:"of,omitempty" doc:"What the rule made it of"`
}

// BroughtBy is the merge by which a value came to a contact, or was chosen.
type BroughtBy struct {
	ID       contact.MergeID `json:"id,omitempty" doc:"None, if it is from before merges had ids"`
	Absorbed contact.ID      `json:"absorbed" doc:"Who was merged into the contact then"`
	Position domain.Position `json:"position"`
}

// Ingredient is a value that a rule made another one of.
type Ingredient struct {
	Value  string `json:"value"`
	Source Source `json:"source"`
}

// sources are where the values of a contact come from, by their slots.
func sources(f *contact.Family, id contact.ID, told contact.Contact) map[string]Source {
	all := make(map[string]Source, len(told.Values))
	for slot, v := range told.Values {
		if v.Text != "" {
			all[string(slot)] = source(f, id, slot, v)
		}
	}
	return all
}

func source(f *contact.Family, id contact.ID, slot contact.Slot, v contact.Value) Source {
	s := Source{Contact: v.By(id), Position: v.At, How: v.How, Merge: broughtBy(f, id, slot, v)}
	if v.Of != nil {
		for _, part := range v.Of {
			s.Of = append(s.Of, Ingredient{part.Text, source(f, id, slot, part)})
		}
	}
	return s
}

// broughtBy is the merge into a contact that made a value its: the one of whom it is
// from, or of whom another part of it is from; of its own values the last one at which
// somebody chose it.
func broughtBy(f *contact.Family, id contact.ID, slot contact.Slot, v contact.Value) *BroughtBy {
	from := v.From
	for part := v; from == "" && part.Of != nil; {
		part = part.Of[1]
		from = part.From
	}
	var by *BroughtBy
	for _, other := range f.Absorbed(id) {
		m := f.Own(other).Merge
		_, chosen := m.Choices[string(slot)]
		if from != "" && f.Holds(other, from) || from == "" && v.How == contact.Chosen && chosen && m.At > v.At {
			by = &BroughtBy{m.ID, other, m.At}
		}
	}
	return by
}
