package contact_test

import (
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/domaintest"
	"skein/domain/space"
)

func errCode(code string) error { return domain.Refuse(domain.Invalid, code, "") }

// story gathers what happens to contacts, in the order of the journal.
type story []domain.Recorded

func (s *story) happen(to contact.ID, e contact.Event) {
	in := contact.Key{Space: "lab", ID: to}.Stream()
	*s = append(*s, domain.Recorded{Event: e, Stream: in, Revision: s.length(in), Moment: domaintest.Moment(len(*s))})
}

// talk is an interaction with a contact.
func (s *story) talk(with contact.ID, e conversation.Event) {
	in := conversation.Stream(contact.Key{Space: "lab", ID: with})
	*s = append(*s, domain.Recorded{Event: e, Stream: in, Revision: s.length(in), Moment: domaintest.Moment(len(*s))})
}

func (s story) length(in domain.Stream) (n uint64) {
	for _, r := range s {
		if r.Stream == in {
			n++
		}
	}
	return n
}

// family is all contacts of the story.
func (s story) family() (f contact.Family) {
	for _, r := range s {
		f.Tell(r)
	}
	return f
}

func (s story) texts(id contact.ID) map[contact.Slot]string { return texts(contact.Replay(id, s)) }

func texts(c contact.Contact) map[contact.Slot]string {
	says := map[contact.Slot]string{}
	for slot, v := range c.Values {
		if v.Text != "" {
			says[slot] = v.Text
		}
	}
	return says
}

func is(t *testing.T, got, want map[contact.Slot]string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("told otherwise (-want +got):\n%s", diff)
	}
}

// A merge chooses field by field (C2-60) and unites tags; taking it back leaves
// the absorbed one as it was (C2-77), and the survivor with what was said since,
// the rest falling back (C2-78).
func TestMergeAndUnmerge(t *testing.T) {
	var s story
	s.happen("ada", contact.Created{Says: map[contact.Slot]string{"first_name": "Ada", "country": "UK", "language": "en"}})
	s.happen("lord", contact.Created{Says: map[contact.Slot]string{"first_name": "George", "last_name": "Byron", "country": "GR", "phone": "+30210000000", "language": "fr", "#poet": "on"}})
	s.happen("lord", contact.Merged{Survivor: "ada", Choices: map[string]contact.Choice{
		"first_name": contact.Absorbeds, "language": contact.Neithers, "phone": contact.Survivors,
	}})
	is(t, s.texts("ada"), map[contact.Slot]string{"first_name": "George", "last_name": "Byron", "country": "UK", "#poet": "on"})

	s.happen("ada", contact.Edited{Says: map[contact.Slot]string{"last_name": "Lovelace", "#vip": "on", "#poet": ""}})
	is(t, s.texts("ada"), map[contact.Slot]string{"first_name": "George", "last_name": "Lovelace", "country": "UK", "#vip": "on"})

	s.happen("lord", contact.Unmerged{Survivor: "ada"})
	is(t, s.texts("ada"), map[contact.Slot]string{"first_name": "Ada", "last_name": "Lovelace", "country": "UK", "language": "en", "#vip": "on"})
	is(t, s.texts("lord"), map[contact.Slot]string{"first_name": "George", "last_name": "Byron", "country": "GR", "phone": "+30210000000", "language": "fr", "#poet": "on"})
}

// Of two merges that cross, the earlier one counts, and no circle comes about (D1-3).
func TestCrossingMerges(t *testing.T) {
	var s story
	s.happen("ada", ada)
	s.happen("lord", lord)
	s.happen("lord", contact.Merged{Survivor: "ada"})
	s.happen("ada", contact.Merged{Survivor: "lord"})
	is(t, s.texts("ada"), map[contact.Slot]string{"first_name": "Ada", "email": "ada@example.org", "#poet": "on"})
	if c := contact.Replay("ada", s); c.Standing() != nil {
		t.Errorf("the survivor of the earlier merge does not stand: %v", c.Standing())
	}
	s.happen("ada", contact.Unmerged{Survivor: "lord"}) // taken back: nothing changes
	is(t, s.texts("ada"), map[contact.Slot]string{"first_name": "Ada", "email": "ada@example.org", "#poet": "on"})
}

// What survives a merge says which contact each value came from.
func TestSources(t *testing.T) {
	var s story
	s.happen("eve", contact.Created{Says: map[contact.Slot]string{"phone": "+4930123456"}})
	s.happen("lord", lord)
	s.happen("ada", ada)
	s.happen("eve", contact.Merged{Survivor: "lord"})
	s.happen("lord", contact.Merged{Survivor: "ada"})
	told := contact.Replay("ada", s)
	for slot, want := range map[contact.Slot]contact.ID{"first_name": "ada", "#poet": "lord", "phone": "eve"} {
		if got := told.Values[slot].By("ada"); got != want {
			t.Errorf("%s comes from %s, want %s", slot, got, want)
		}
	}
}

// Deleting a contact deletes what it absorbed (D1-14).
func TestDeleteTakesAlongWhatWasAbsorbed(t *testing.T) {
	var s story
	s.happen("ada", ada)
	s.happen("lord", lord)
	s.happen("lord", contact.Merged{Survivor: "ada"})
	s.happen("ada", contact.Deleted{})
	for _, id := range []contact.ID{"ada", "lord"} {
		if c := contact.Replay(id, s); c.Deleted == 0 || len(c.Values) > 0 {
			t.Errorf("%s is still %+v", id, c)
		}
	}
}

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

// plain is a value, and the place in the history where it was said.
type plain struct {
	text string
	at   int
}

// retold tells a contact in the plainest way: event by event, each merge copying
// what the survivor takes over at that moment, after the merges that were undone
// or void have been struck out. It is what Family has to agree with.
func retold(id contact.ID, history story) map[contact.Slot]string {
	into, struck := map[contact.ID]contact.ID{}, map[int]bool{}
	merge, length := map[contact.ID]int{}, map[contact.ID]uint64{}
	gone, void := map[contact.ID]bool{}, map[contact.ID]bool{} // whose merge does not count, as long as it is not taken back
	for i, r := range history {
		of := contact.KeyOf(r.Stream).ID
		if gone[of] {
			struck[i] = true
			continue
		}
		switch e := r.Event.(type) {
		case contact.Merged:
			for one, seen := range e.Seen {
				struck[i] = struck[i] || length[one] > seen
			}
			struck[i] = struck[i] || into[e.Survivor] != "" || gone[e.Survivor] || void[e.Survivor]
			if void[of] = struck[i]; !struck[i] {
				into[of], merge[of] = e.Survivor, i
			}
		case contact.Unmerged:
			if into[of] != "" {
				struck[merge[of]] = true
				delete(into, of)
			}
			void[of] = false
		case contact.Deleted:
			for _, one := range people {
				for at := one; at != ""; at = into[at] {
					gone[one] = gone[one] || at == of
				}
			}
		}
		length[of]++
	}
	if gone[id] {
		return map[contact.Slot]string{}
	}
	told := map[contact.ID]map[contact.Slot]plain{}
	for i, r := range history {
		of := contact.KeyOf(r.Stream).ID
		if told[of] == nil {
			told[of] = map[contact.Slot]plain{}
		}
		switch e := r.Event.(type) {
		case contact.Created:
			say(told[of], e.Says, i)
		case contact.Edited:
			say(told[of], e.Says, i)
		case contact.Merged:
			if !struck[i] {
				takeOver(told[e.Survivor], told[of], e, i)
			}
		}
	}
	texts := map[contact.Slot]string{}
	for slot, v := range told[id] {
		if v.text != "" {
			texts[slot] = v.text
		}
	}
	return texts
}

func say(told map[contact.Slot]plain, says map[contact.Slot]string, i int) {
	for slot, text := range says {
		told[slot] = plain{text, i}
	}
}

// takeOver gives a survivor what it has after a merge.
func takeOver(mine, theirs map[contact.Slot]plain, m contact.Merged, i int) {
	for slot := range spoken {
		a, b := mine[slot], theirs[slot]
		switch choice, chosen := m.Choices[string(slot)]; {
		case choice == contact.Neithers, choice == contact.Absorbeds && b.text == "":
			mine[slot] = plain{"", i}
		case choice == contact.Absorbeds:
			mine[slot] = b
		case chosen, b.text == "":
		case a.text == "":
			mine[slot] = b
		case slot == "opted_out":
			mine[slot] = plainly(space.Any, a, b, i)
		default:
			mine[slot] = plainly(m.Rules[string(slot)], a, b, i)
		}
	}
}

// plainly is what a rule makes of two values.
func plainly(rule space.Rule, a, b plain, i int) plain {
	x, number := new(big.Rat).SetString(a.text)
	y, _ := new(big.Rat).SetString(b.text)
	takes := false
	switch rule {
	case space.Newest:
		takes = b.at > a.at
	case space.Any:
		takes = a.text == "false" && b.text == "true"
	case space.All:
		takes = a.text == "true" && b.text == "false"
	case space.Max:
		takes = number && x.Cmp(y) < 0 || !number && a.text < b.text
	case space.Min:
		takes = number && x.Cmp(y) > 0 || !number && a.text > b.text
	case space.Sum:
		sum, _ := new(big.Rat).Add(x, y).Float64() // halves are exact
		return plain{strconv.FormatFloat(sum, 'f', -1, 64), i}
	case space.Union:
		all := a.text
		for line := range strings.SplitSeq(b.text, "\n") {
			if !slices.Contains(strings.Split(all, "\n"), line) {
				all += "\n" + line
			}
		}
		if all != a.text {
			return plain{all, i}
		}
	}
	if takes {
		return b
	}
	return a
}

// Whatever happened, a contact is told as the plain telling says.
func TestFamilyTellsAsThePlainTelling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := histories(t)
		for _, id := range people {
			if diff := cmp.Diff(retold(id, s), s.texts(id), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s is told otherwise (-plain +family):\n%s", id, diff)
			}
		}
	})
}

// Unmerging at once is as if nothing had been (D2-14), and merging, unmerging and
// merging again is as merging once (C2-79).
func TestUnmergeUndoesMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := histories(t)
		standing := slices.DeleteFunc(slices.Clone(people), func(id contact.ID) bool {
			c := contact.Replay(id, s)
			return c.Standing() != nil || c.Void > 0 // which is taken back before
		})
		if len(standing) < 2 {
			return
		}
		survivor, absorbed := standing[0], standing[1]
		before, other := contact.Replay(survivor, s), contact.Replay(absorbed, s)
		merge := merges.Draw(t, "merge")
		merge.Survivor = survivor
		s.happen(absorbed, merge)
		once := s.texts(survivor)
		s.happen(absorbed, contact.Unmerged{Survivor: survivor})
		if diff := cmp.Diff(before, contact.Replay(survivor, s)); diff != "" {
			t.Errorf("the survivor is not what it was: %s", diff)
		}
		again := contact.Replay(absorbed, s)
		again.Apart, again.Away, again.Length = other.Apart, other.Away, other.Length
		if diff := cmp.Diff(other, again); diff != "" {
			t.Errorf("the absorbed one is not what it was: %s", diff)
		}
		s.happen(absorbed, merge)
		if diff := cmp.Diff(once, s.texts(survivor)); diff != "" {
			t.Errorf("merged again it is not what it was merged: %s", diff)
		}
	})
}
