package commands_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"skein/adapters/memory"
	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
)

// Whatever processes did to contacts, each on what it knew and killed wherever: after
// every event, whoever reads the whole journal and whoever reads only the histories that
// a contact leads to agree on who stands and on whom everybody is a part of, and what is
// repaired on the way changes nothing (D1-3, D1-14).
func TestCommandsTellAsTheFamily(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := &strife{house: build(t), t: rt}
		began := s.journal.All(0)
		for _, id := range fighters {
			s.happens(id, contact.Created{Says: map[contact.Slot]string{"first_name": string(id)}})
		}
		for range rapid.IntRange(0, 30).Draw(rt, "steps") {
			s.goOn()
		}
		all := s.journal.All(0)
		for n := len(began); n <= len(all); n++ {
			s.agree(all[:n])
		}
	})
}

var fighters = []contact.ID{"ada", "eve", "kit", "lord"}

// strife is contacts to which things happen that were decided on apart from each other.
type strife struct {
	*house
	t *rapid.T
}

func (s *strife) happens(id contact.ID, e contact.Event) {
	in := contact.Key{Space: s.room.ID, ID: id}.Stream()
	length := uint64(0)
	for _, err := range s.journal.Read(s.t.Context(), in, 0) {
		if err != nil {
			s.t.Fatal(err)
		}
		length++
	}
	if _, err := s.journal.Append(s.t.Context(), in, length, by, e); err != nil {
		s.t.Fatal(err)
	}
}

// own is what a contact's own history says.
func (s *strife) own(j *memory.Journal, id contact.ID) (c contact.Contact) {
	for r := range j.Read(s.t.Context(), contact.Key{Space: s.room.ID, ID: id}.Stream(), 0) {
		c = contact.Evolve(c, r.Event.(contact.Event), r.Moment)
	}
	return c
}

// goOn lets something happen that some process could do, on what it knew before.
func (s *strife) goOn() {
	who := rapid.SampledFrom(fighters)
	id := who.Draw(s.t, "id")
	own := s.own(s.journal, id)
	told, _ := families(s.journal, s.room.ID)
	switch rapid.IntRange(0, 15).Draw(s.t, "step") {
	case 0:
		s.happens(id, contact.Edited{Says: map[contact.Slot]string{"country": "x"}})
	case 1:
		s.happens(id, contact.InteractionsTaken{From: []contact.ID{who.Draw(s.t, "from")}, Identities: []contact.Identity{{Channel: "chat", Of: "x"}}})
	case 2, 3:
		if own.Standing() == nil {
			s.happens(id, contact.Deleted{})
		}
	case 4, 5:
		if _, err := s.reader(s.journal).Leads(s.t.Context(), s.room, id); err != nil {
			s.t.Fatal(err)
		}
	case 6, 7, 8, 9:
		if own.Merge.Into != "" {
			alone := told.Own(id).Void == 0 && rapid.Bool().Draw(s.t, "alone") // nobody asks that of a void merge
			s.happens(id, contact.Unmerged{Survivor: own.Merge.Into, Alone: alone})
		}
	default:
		into := who.Draw(s.t, "into")
		if into == id || own.Standing() != nil {
			return
		}
		if past := told.Own(id); past.Deleted > 0 && rapid.Bool().Draw(s.t, "at once") { // nothing keeps an older journal from it
			s.happens(id, contact.Merged{Survivor: into})
			s.happens(id, contact.Unmerged{Survivor: into, Alone: rapid.Bool().Draw(s.t, "left")})
			return
		}
		m := contact.Merged{Survivor: into}
		if ago := rapid.IntRange(0, 5).Draw(s.t, "decided"); ago > 0 { // on what there was so many events ago
			before := s.journal.All(0)
			past := familyOf(before[:max(0, len(before)-ago+1)])
			m.Seen = past.Seen(into, id)
		}
		s.happens(id, m)
	}
}

// reader is a process that knows nothing but a journal.
func (s *strife) reader(j *memory.Journal) *commands.Handler {
	return &commands.Handler{Journal: j, Now: s.Now, NewID: s.NewID, Hash: s.Hash, Showing: &showing{j}}
}

// agree checks that after some events everybody agrees.
func (s *strife) agree(events []domain.Recorded) {
	j := &memory.Journal{Now: s.Now}
	for _, r := range events {
		if _, err := j.Append(s.t.Context(), r.Stream, r.Revision, r.By, r.Event); err != nil {
			s.t.Fatal(err)
		}
	}
	told, h := familyOf(events), s.reader(j)
	for _, id := range fighters {
		if told.Own(id).Created.IsZero() {
			return
		}
		root, err := h.Leads(s.t.Context(), s.room, id)
		if err != nil {
			s.t.Fatal(err)
		}
		stands := h.Stands(s.t.Context(), s.room, root)
		switch gone := told.Own(id).Deleted > 0; {
		case gone != errors.Is(stands, contact.ErrDeleted):
			s.t.Fatalf("after %d events %s leads to %s: %v, and was deleted at %d", len(events), id, root, stands, told.Own(id).Deleted)
		case !gone && (root != told.Root(id) || stands != nil):
			s.t.Fatalf("after %d events %s leads to %s: %v, and is a part of %s", len(events), id, root, stands, told.Root(id))
		}
	}
	repaired := familyOf(j.All(0))
	for _, id := range fighters {
		was, is := told.Own(id), repaired.Own(id)
		if is.Void > 0 || is.Deleted != was.Deleted || repaired.Root(id) != told.Root(id) {
			s.t.Fatalf("after %d events %s was repaired to be %+v instead of %+v", len(events), id, is, was)
		}
		if stands := h.Stands(s.t.Context(), s.room, id) == nil; stands != (is.Standing() == nil) {
			s.t.Fatalf("after %d events %s stands: %v, by the journal: %v", len(events), id, stands, is.Standing())
		}
		if own := s.own(j, id); is.Deleted == 0 && !s.stayed(events, id) {
			if diff := cmp.Diff(own.Away, is.Away, cmpopts.EquateEmpty()); diff != "" {
				s.t.Fatalf("after %d events %s was away otherwise (-own +family):\n%s", len(events), id, diff)
			}
		}
	}
}

// stayed reports whether a contact may have been left behind by one that went alone,
// which its own history does not tell.
func (s *strife) stayed(events []domain.Recorded, id contact.ID) bool {
	for _, r := range events {
		if e, is := r.Event.(contact.Unmerged); is && e.Alone && contact.KeyOf(r.Stream).ID != id {
			return true
		}
	}
	return false
}

func familyOf(events []domain.Recorded) (f contact.Family) {
	for _, r := range events {
		f.Tell(r)
	}
	return f
}
