package contact_test

import (
	"maps"
	"slices"

	"pgregory.net/rapid"

	"skein/domain/contact"
	"skein/domain/space"
)

// people are those of the histories.
var people = []contact.ID{"ada", "lord", "eve", "kit"}

// spoken are the values that slots have in the histories; none of a field's rule is
// without some it can make something of.
var spoken = map[contact.Slot][]string{
	"first_name": {"", "x", "y", "z"}, "country": {"", "x", "y", "z"},
	"score": {"", "1", "-2.5", "40"}, "born": {"", "1815-12-10", "2001-01-31"},
	"opted_out": {"", "true", "false"}, "agrees": {"", "true", "false"},
	"teas": {"", "green", "black\ngreen", "white"},
	"#vip": {"", "on"}, "@whatsapp:+4930123456": {"", "on"},
}

// says draws what a contact says of itself.
var says = rapid.Custom(func(t *rapid.T) map[contact.Slot]string {
	said := map[contact.Slot]string{}
	for _, slot := range rapid.SliceOfNDistinct(rapid.SampledFrom(slices.Sorted(maps.Keys(spoken))), 1, 5, rapid.ID).Draw(t, "slots") {
		said[slot] = rapid.SampledFrom(spoken[slot]).Draw(t, string(slot))
	}
	return said
})

// merges draws how contacts are merged, but for into whom.
var merges = rapid.Custom(func(t *rapid.T) contact.Merged {
	fields := rapid.SampledFrom([]string{"first_name", "country", "score", "opted_out", "teas"})
	m := contact.Merged{
		Choices: rapid.MapOfN(fields, rapid.SampledFrom([]contact.Choice{contact.Survivors, contact.Absorbeds, contact.Neithers}), 0, 2).Draw(t, "choices"),
		Rules:   map[string]space.Rule{},
	}
	for field, rules := range map[string][]space.Rule{
		"first_name": {space.Kept, space.Newest}, "score": {space.Kept, space.Newest, space.Sum, space.Max, space.Min},
		"born": {space.Kept, space.Newest, space.Max, space.Min}, "agrees": {space.Kept, space.All, space.Any}, "teas": {space.Union, space.Newest},
	} {
		m.Rules[field] = rapid.SampledFrom(rules).Draw(t, "rule of "+field)
	}
	return m
})

// histories draws what happens to a few contacts: edits, merges that nest and
// cross, unmerges and deletions, as the deciders would let them through, and now
// and then a merge that raced with another one, or with what it was decided on.
func histories(t *rapid.T) story {
	var s story
	for _, id := range people {
		s.happen(id, contact.Created{Says: says.Draw(t, "says")})
	}
	for range rapid.IntRange(0, 30).Draw(t, "steps") {
		own := map[contact.ID]contact.Contact{}
		for _, r := range s {
			id := contact.KeyOf(r.Stream).ID
			own[id] = contact.Evolve(own[id], r.Event.(contact.Event), r.Moment)
		}
		id := rapid.SampledFrom(people).Draw(t, "id")
		switch rapid.IntRange(0, 9).Draw(t, "step") {
		case 0, 1, 2, 3:
			if own[id].Standing() == nil {
				s.happen(id, contact.Edited{Says: says.Draw(t, "says")})
			}
		case 4, 5, 6:
			into := rapid.SampledFrom(people).Draw(t, "into")
			races := rapid.IntRange(0, 5).Draw(t, "races") == 0
			if into != id && own[id].Standing() == nil && (own[into].Standing() == nil || races) {
				m := merges.Draw(t, "merge")
				m.Survivor = into
				if ago := rapid.IntRange(0, 6).Draw(t, "decided"); ago > 0 { // on what there was so many events ago
					before := s[:max(0, len(s)-ago+1)].family()
					m.Seen = before.Seen(into, id)
				}
				s.happen(id, m)
			}
		case 7, 8:
			if own[id].Merge.Into != "" && own[id].Deleted == 0 {
				s.happen(id, contact.Unmerged{Survivor: own[id].Merge.Into})
			}
		case 9:
			if own[id].Standing() == nil && rapid.IntRange(0, 3).Draw(t, "really") == 0 {
				s.happen(id, contact.Deleted{})
			}
		}
	}
	return s
}
