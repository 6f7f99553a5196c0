package erasure

import (
	"slices"

	"skein/domain"
	"skein/domain/contact"
)

// lapse is what a contact's history says no more before a mark: what went to those of whom
// nothing is left, and what stays of merges with them.
type lapse struct {
	mark  contact.Redacted
	until uint64 // its revision
	slots []contact.Slot
	texts map[contact.Slot][]string
}

// lapses are those of a contact's own history.
func lapses(history []domain.Recorded) (all []lapse) {
	var c contact.Contact
	var splits []contact.Split
	for _, r := range history {
		switch e := r.Event.(type) {
		case contact.Deleted:
			continue // its story says nothing any more, but its history does
		case contact.Split:
			splits = append(splits, e)
		case contact.Redacted:
			one := lapse{mark: e, until: r.Revision, slots: e.Forgets(c), texts: map[contact.Slot][]string{}}
			for _, split := range splits {
				for slot, text := range split.Says {
					if text != "" && goes(e, split.Into, slot) {
						one.texts[slot] = append(one.texts[slot], text)
					}
				}
			}
			all = append(all, one)
		}
		if e, is := r.Event.(contact.Event); is {
			c = contact.Evolve(c, e, r.Moment)
		}
	}
	return all
}

// takes reports whether a lapse takes what an event says of a slot.
func takes(all []lapse, revision uint64, slot contact.Slot, text string) bool {
	return slices.ContainsFunc(all, func(l lapse) bool {
		if _, field := slot.Field(); field {
			return revision < l.until && slices.Contains(l.texts[slot], text)
		}
		return revision < l.until && slices.Contains(l.slots, slot)
	})
}

// unnames reports whether a lapse takes the slot of a survivor that a merge names.
func unnames(all []lapse, revision uint64, of contact.ID, slot contact.Slot) bool {
	return slices.ContainsFunc(all, func(l lapse) bool { return revision < l.until && l.mark.Unnames(of, slot) })
}
