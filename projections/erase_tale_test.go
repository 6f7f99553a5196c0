package projections_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/erasure"
)

// erase erases a contact that was deleted, with all that went with it, unless it was
// erased before or gave something to one who is still to come.
func (h *tale) erase(t *rapid.T, id contact.ID) {
	var members []contact.ID
	for _, one := range h.people {
		if h.family.Own(one).Deleted == h.family.Own(id).Deleted {
			members = append(members, one)
		}
	}
	owed := func(e contact.Split) bool {
		return slices.Contains(members, h.origins[e.Into]) || slices.Contains(members, e.Into)
	}
	if slices.Contains(h.erased, id) || slices.ContainsFunc(h.unborn, owed) {
		return
	}
	h.erased = append(h.erased, members...)
	marks := erasure.Marks(h.erased, h.histories())
	for _, s := range slices.Sorted(maps.Keys(marks)) {
		h.happens(t, s, marks[s])
	}
	redacted := erasure.Redacted(h.erased, h.histories(), func(text string) string { return digest("hidden", text) })
	for _, s := range slices.Sorted(maps.Keys(redacted)) {
		whole := slices.DeleteFunc(h.histories(), func(r domain.Recorded) bool { return r.Stream != s })
		closed := slices.Contains(h.erased, contact.KeyOf(s).ID)
		switch {
		case closed || len(redacted[s]) < len(whole):
		case s.Category() == "contact": // none of them may end with what is redacted
			h.happens(t, s, contact.Redacted{})
		default:
			h.happens(t, s, conversation.Redacted{})
		}
		h.asLived()
		if err := h.journal.Redact(context.Background(), s, redacted[s], closed); err != nil {
			t.Fatal(s, err)
		}
	}
	h.happens(t, erasure.Key{Space: h.room.ID, Contact: id}.Stream(), erasure.Erased{Members: members})
}

// histories are all of contacts and of what was said with them.
func (h *tale) histories() (all []domain.Recorded) {
	for _, r := range h.journal.All(0) {
		switch r.Stream.Category() {
		case "contact", "conversation":
			all = append(all, r)
		}
	}
	return all
}

// asLived is the history as it read to who followed it at once.
func (h *tale) asLived() []domain.Recorded {
	h.lived = append(h.lived, h.journal.All(domain.Position(len(h.lived)))...)
	return h.lived
}

// Whoever was not erased is told at any moment as before, but for what they gave to those
// who were (D1-14).
func TestOthersAreToldAsBefore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := begin(t, "o-")
		for range rapid.IntRange(10, 60).Draw(t, "steps") {
			h.goOn(t)
		}
		if len(h.erased) == 0 {
			return
		}
		lived, redacted := h.asLived(), h.journal.All(0)
		gave := map[contact.ID]bool{}
		for _, r := range redacted {
			if e, is := r.Event.(contact.Redacted); is {
				id := contact.KeyOf(r.Stream).ID
				gave[id] = gave[id] || len(e.To) > 0
			}
		}
		var before, after contact.Family
		for i, r := range redacted {
			before.Tell(lived[i])
			after.Tell(r)
			for _, id := range h.people {
				if whole := after.Within(id); slices.ContainsFunc(whole, func(one contact.ID) bool { return gave[one] || slices.Contains(h.erased, one) }) {
					continue
				}
				was, is := before.Told(id), after.Told(id)
				was.Touches, is.Touches = nil, nil // they name what was said, which may be another's since
				if diff := cmp.Diff(was, is); diff != "" {
					t.Fatalf("%s is told otherwise at %d once %v are erased (-before +after):\n%s", id, r.Position, h.erased, diff)
				}
			}
		}
	})
}
