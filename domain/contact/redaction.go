package contact

import "slices"

// Redaction says what is taken out of an event of which nothing personal is to be left, or
// of one in the history of somebody else that speaks of those who are gone.
type Redaction struct {
	Own     bool                              // it is of one who is gone: all that it says goes
	Goes    func(slot Slot, text string) bool // reports what goes of what others said
	Unnamed func(of ID, slot Slot) bool       // reports which tags and identities of a survivor merges into it do not name any more
	Hide    func(name string) string          // what stands for a [Ref], or for the slot of an identity; the same, if others are known by it too
}

// Redact is how an event reads with that taken out of it. Ids, times and whatever the
// stories of others follow from stay.
func Redact(e Event, r Redaction) Event { return e.redacted(r) }

// says is what is left of what was said: of a field that something was said of it.
func (r Redaction) says(said map[Slot]string) map[Slot]string {
	left := make(map[Slot]string, len(said))
	for slot, text := range said {
		_, field := slot.Field()
		switch {
		case !r.Own && !r.Goes(slot, text):
			left[slot] = text
		case field:
			left[slot] = ""
		}
	}
	return left
}

// Ref is what names an interaction then.
func (r Redaction) Ref(ref Ref) Ref { return Ref(r.Hide(string(ref))) }

// Identity is what stands for an identity then.
func (r Redaction) Identity(i Identity) Identity {
	i, _ = Slot(r.Hide(string(i.Slot()))).Identity()
	return i
}

func (r Redaction) refs(refs []Ref) []Ref {
	refs = slices.Clone(refs)
	for i, ref := range refs {
		refs[i] = r.Ref(ref)
	}
	return refs
}

// touches are when somebody was in touch, by slots of identities.
func (r Redaction) touches(touches map[string]Touch) (after map[string]Touch) {
	for slot, touch := range touches {
		touch.Of, touch.IncomingOf = r.Ref(touch.Of), r.Ref(touch.IncomingOf)
		after = set(after, r.Hide(slot), touch)
	}
	return after
}
