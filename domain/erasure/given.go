package erasure

import (
	"maps"
	"slices"

	"skein/domain"
	"skein/domain/contact"
)

// gifts are what went from contacts to members, directly or by others that gave it on, and
// that those who gave it have not got again.
type gifts struct {
	members []contact.ID
	own     map[domain.Stream]contact.Contact    // as their histories say, also of those who were deleted
	said    map[domain.Stream][]contact.Redacted // marks there are
	splits  []domain.Recorded
	merges  []domain.Recorded // of which the choices name tags or identities
	gone    map[gift]bool
	to      map[domain.Stream]map[contact.ID]bool
}

type gift struct {
	of   domain.Stream
	slot contact.Slot
	text string
}

// given are the marks of those from whom anything went to members, and of those who were
// merged into them by merges that name it. What marks say already they do not say again.
func given(members []contact.ID, histories []domain.Recorded) map[domain.Stream]contact.Redacted {
	g := gifts{
		members: members, own: map[domain.Stream]contact.Contact{}, said: map[domain.Stream][]contact.Redacted{},
		gone: map[gift]bool{}, to: map[domain.Stream]map[contact.ID]bool{},
	}
	for _, r := range histories {
		g.look(r)
	}
	for _, r := range slices.Backward(g.splits) { // what was given on was given on later
		g.follow(r)
	}
	marks := map[domain.Stream]contact.Redacted{}
	for s, receivers := range g.to {
		marks[s] = contact.Redacted{To: slices.Sorted(maps.Keys(receivers))}
	}
	for _, r := range g.merges {
		if e := r.Event.(contact.Merged); g.names(r.Stream, e) {
			mark := marks[r.Stream]
			if mark.Of == nil {
				mark.Of = map[contact.ID][]contact.Slot{}
			}
			mark.Of[e.Survivor] = []contact.Slot{}
			marks[r.Stream] = mark
		}
	}
	g.spare(marks)
	return marks
}

func (g *gifts) look(r domain.Recorded) {
	switch e := r.Event.(type) {
	case contact.Deleted:
		return // what the history says stays
	case contact.Split:
		g.splits = append(g.splits, r)
	case contact.Merged:
		if !g.member(r.Stream) && len(e.Choices) > 0 {
			g.merges = append(g.merges, r)
		}
	case contact.Redacted:
		g.said[r.Stream] = append(g.said[r.Stream], e)
	}
	if e, is := r.Event.(contact.Event); is {
		g.own[r.Stream] = contact.Evolve(g.own[r.Stream], e, r.Moment)
	}
}

// follow notes what is gone of what was split off.
func (g *gifts) follow(r domain.Recorded) {
	e := r.Event.(contact.Split)
	into := contact.Key{Space: contact.KeyOf(r.Stream).Space, ID: e.Into}.Stream()
	for slot, text := range e.Says {
		one := gift{r.Stream, slot, text}
		switch {
		case text == "" || g.member(r.Stream):
		case !g.member(into) && !g.gone[gift{into, slot, text}]:
		case slices.ContainsFunc(g.said[r.Stream], func(m contact.Redacted) bool { return goes(m, e.Into, slot) }):
			g.gone[one] = true
		case !g.hasAgain(one, e.Into):
			g.gone[one] = true
			if g.to[r.Stream] == nil {
				g.to[r.Stream] = map[contact.ID]bool{}
			}
			g.to[r.Stream][e.Into] = true
		}
	}
}

// spare adds to marks what stays of what they would take else.
func (g *gifts) spare(marks map[domain.Stream]contact.Redacted) {
	for _, r := range g.splits {
		e, mark := r.Event.(contact.Split), marks[r.Stream]
		for slot, text := range e.Says {
			if goes(mark, e.Into, slot) && !g.gone[gift{r.Stream, slot, text}] {
				mark.But = sorted(mark.But, slot)
				marks[r.Stream] = mark
			}
		}
	}
	for _, r := range g.merges {
		e, mark := r.Event.(contact.Merged), marks[r.Stream]
		for name := range e.Choices {
			slot := contact.Slot(name)
			if mark.Unnames(e.Survivor, slot) && !g.gone[g.had(r.Stream, e.Survivor, slot)] {
				mark.Of[e.Survivor] = sorted(mark.Of[e.Survivor], slot)
			}
		}
	}
}

func sorted(slots []contact.Slot, more contact.Slot) []contact.Slot {
	slots = append(slots, more)
	slices.Sort(slots)
	return slices.Compact(slots)
}

// on is what the slots of tags and identities hold.
const on = "on"

// had is a tag or identity that the survivor of a merge had.
func (g *gifts) had(absorbed domain.Stream, survivor contact.ID, slot contact.Slot) gift {
	return gift{contact.Key{Space: contact.KeyOf(absorbed).Space, ID: survivor}.Stream(), slot, on}
}

// names reports whether a merge names what is gone, and no mark says so.
func (g *gifts) names(s domain.Stream, e contact.Merged) bool {
	for name := range e.Choices {
		slot := contact.Slot(name)
		said := slices.ContainsFunc(g.said[s], func(m contact.Redacted) bool { return m.Unnames(e.Survivor, slot) })
		if _, field := slot.Field(); !field && !said && g.gone[g.had(s, e.Survivor, slot)] {
			return true
		}
	}
	return false
}

func (g *gifts) member(s domain.Stream) bool { return slices.Contains(g.members, contact.KeyOf(s).ID) }

// goes reports whether a mark says that what went to a contact is gone.
func goes(mark contact.Redacted, to contact.ID, slot contact.Slot) bool {
	return slices.Contains(mark.To, to) && !slices.Contains(mark.But, slot)
}

// hasAgain reports whether a contact has a value of its own again that it gave away, or
// gave it to somebody else since. A tag or identity stays also where anybody else has it who
// is no member.
func (g *gifts) hasAgain(one gift, to contact.ID) bool {
	c := g.own[one.of]
	if _, field := one.slot.Field(); field {
		return c.Values[one.slot].Text == one.text
	}
	for s, other := range g.own {
		if other.Values[one.slot].Text != "" && !g.member(s) {
			return true
		}
	}
	return c.Gave[one.slot] != to
}
