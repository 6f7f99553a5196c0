package contact_test

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"skein/domain/contact"
	"skein/domain/space"
)

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
