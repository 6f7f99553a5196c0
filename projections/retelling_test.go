package projections_test

import (
	"slices"
	"strings"
	"time"

	"skein/domain"
	"skein/domain/contact"
)

// plainly is an interaction as the plainest telling has it.
type plainly struct {
	contact.Interacted
	owner, recorded contact.ID
	position        domain.Position
	kind            string
}

// retell is what was said by now and whose it is, once r has happened to contacts that
// were as f tells them.
func retell(said []plainly, f *contact.Family, r domain.Recorded) []plainly {
	id := contact.KeyOf(r.Stream).ID
	if f.Own(id).Deleted > 0 {
		return said
	}
	said = slices.Clone(said)
	switch e := r.Event.(type) {
	case contact.Interaction:
		said = append(said, plainly{e.Interacted(), id, id, r.Position, strings.TrimPrefix(r.Kind(), "conversation.")})
	case contact.InteractionsTaken:
		for i, one := range said {
			if slices.Contains(e.From, one.owner) && one.isTaken(e) {
				said[i].owner = id
			}
		}
	case contact.Deleted:
		said = slices.DeleteFunc(said, func(one plainly) bool { return f.Holds(id, one.owner) })
	}
	return said
}

func (p plainly) isTaken(e contact.InteractionsTaken) bool {
	return slices.Contains(e.Identities, p.Identity) || p.Ref != "" && slices.Contains(e.Interactions, p.Ref)
}

// after is when a contact was in touch last that was as t says before.
func (p plainly) after(t contact.Touch) contact.Touch {
	if t.Of == "" || p.At.After(t.Last) {
		t.Last, t.Of = p.At, p.Ref
	}
	if p.Way == contact.Incoming && (t.IncomingOf == "" || p.At.After(t.Incoming)) {
		t.Incoming, t.IncomingOf = p.At, p.Ref
	}
	return t
}

// told is what was said with the contact and all that it consists of, in the order in
// which it happened.
func told(said []plainly, f *contact.Family, id contact.ID) (all []plainly) {
	for _, one := range said {
		if slices.Contains(f.Within(id), one.owner) {
			one.At = one.At.Truncate(time.Microsecond)
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b plainly) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return int(a.position) - int(b.position)
	})
	return all
}
