package contact

import (
	"maps"
	"slices"

	"skein/domain"
)

// Held is what was noted with a contact that another one was a part of, or that
// another one is split off.
type Held struct {
	By    ID
	Since domain.Position // of the merge; 0: all of it may be taken
	Noted []Noted         // all that is its own, in the order of the journal
}

// Carried are the interactions of some identities, as they are taken: by the identity
// where it never carried any but those, or else one by one (D2-3).
func Carried(held []Held, identities []Identity) Taken {
	before, since := map[Identity]bool{}, map[Identity]bool{}
	for _, h := range held {
		for _, n := range h.Noted {
			if n.Position > h.Since {
				since[n.Identity] = true
			} else {
				before[n.Identity] = true
			}
		}
	}
	var t Taken
	listed := map[Identity]bool{}
	for _, i := range identities {
		switch {
		case listed[i]:
		case !before[i]:
			t.Identities = append(t.Identities, i)
		case since[i]:
			listed[i] = true
		}
	}
	for _, h := range held {
		for _, n := range h.Noted {
			if listed[n.Identity] && n.Position > h.Since && n.Ref != "" {
				t.Interactions = append(t.Interactions, n.Ref)
			}
		}
	}
	return t.told(held)
}

// Listed are interactions as they are taken one by one, and those of the list of which
// none of the contacts knows.
func Listed(held []Held, refs []Ref) (t Taken, unknown []Ref) {
	known := map[Ref]bool{}
	for _, h := range held {
		for _, n := range h.Noted {
			known[n.Ref] = known[n.Ref] || n.Position > h.Since
		}
	}
	for _, ref := range refs {
		if ref == "" || !known[ref] {
			unknown = append(unknown, ref)
		}
	}
	t.Interactions = slices.Clone(refs)
	return t.told(held), unknown
}

// told is what is taken with when those it is taken from, and the one who takes it,
// were in touch last by it.
func (t Taken) told(held []Held) Taken {
	slices.Sort(t.Interactions)
	t.Interactions = slices.Compact(t.Interactions)
	for _, h := range held {
		t.From = append(t.From, h.By)
		left, listed := map[string]Touch{}, map[string]bool{}
		for _, n := range h.Noted {
			slot := string(n.Slot())
			_, one := slices.BinarySearch(t.Interactions, n.Ref)
			switch touch := n.touch(); {
			case n.Way == Aside || slices.Contains(t.Identities, n.Identity):
			case one && n.Ref != "":
				listed[slot] = true
				t.Got = set(t.Got, slot, t.Got[slot].later(touch))
			default:
				left[slot] = left[slot].later(touch)
			}
		}
		maps.DeleteFunc(left, func(slot string, _ Touch) bool { return !listed[slot] })
		if len(left) > 0 {
			t.Left = set(t.Left, h.By, placeless(left))
		}
	}
	t.Got = placeless(t.Got)
	return t
}

// touch is the touch that an interaction is.
func (n Noted) touch() Touch {
	t := Touch{Last: n.At, Of: n.Ref, At: n.Position}
	if n.Way == Incoming {
		t.Incoming, t.IncomingOf, t.IncomingAt = n.At, n.Ref, n.Position
	}
	return t
}

// placeless are touches as events say them.
func placeless(touches map[string]Touch) map[string]Touch {
	for slot, touch := range touches {
		touch.At, touch.IncomingAt = 0, 0
		touches[slot] = touch
	}
	return touches
}
