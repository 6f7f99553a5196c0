package projections_test

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/likeness"
	"skein/domain/pair"
	"skein/domain/space"
)

// arrive records a new contact.
func (h *house) arrive(t *rapid.T, n int, says map[contact.Slot]string) contact.ID {
	t.Helper()
	id := contact.ID(fmt.Sprintf("%s-c%03d", h.room.ID, n))
	h.record(t, contact.Key{Space: h.room.ID, ID: id}.Stream(), contact.Created{Says: says})
	return id
}

// resemble lets something random happen among people who resemble each other, whether a
// command would or not.
func (h *house) resemble(t *rapid.T, people *[]contact.ID, office bool) {
	says := rapid.Custom(func(t *rapid.T) map[contact.Slot]string {
		says := map[contact.Slot]string{}
		for slot, some := range map[contact.Slot][]string{
			"first_name": {"Grace", "Gracie", "Ada", ""}, "last_name": {"Hopper", "Hoper", "Lovelace", ""},
			"email": {"grace@example.org", "ada@example.org", ""}, "phone": {"+4930123456", "+4930999999", ""},
			"born": {"1906-12-09", "1906-09-12", ""}, "postcode": {"10115", "10119", ""}, "#vip": {"on"}, "@sms:+49170": {"on", ""},
		} {
			if likely := office && slot == "phone"; likely || rapid.IntRange(0, 2).Draw(t, "says "+string(slot)) == 0 {
				says[slot] = rapid.SampledFrom(some).Draw(t, string(slot))
			}
		}
		return says
	})
	pick := func(label string) contact.ID {
		if len(*people) == 0 {
			return "nobody"
		}
		return rapid.SampledFrom((*people)[max(0, len(*people)-12):]).Draw(t, label)
	}
	told := func(id contact.ID, e domain.Event) { h.record(t, contact.Key{Space: h.room.ID, ID: id}.Stream(), e) }
	one, other := pick("one"), pick("other")
	step := rapid.IntRange(0, 17).Draw(t, "step")
	if step < 5 || len(*people) < 2 {
		*people = append(*people, h.arrive(t, len(*people), says.Draw(t, "says")))
		return
	}
	switch {
	case step < 9:
		told(one, contact.Edited{Says: says.Draw(t, "says")})
	case one == other: // nobody is merged into themselves, nor another one
	case step < 11:
		told(one, contact.Merged{Survivor: other, Choices: map[string]contact.Choice{"phone": contact.Absorbeds}})
	case step < 13:
		told(one, contact.Unmerged{Survivor: other, Undecided: rapid.Bool().Draw(t, "undecided"), Alone: rapid.Bool().Draw(t, "alone")})
	case step == 13:
		told(one, contact.Deleted{})
	case step == 14:
		h.record(t, h.room.ID.Stream(), space.FieldDefined{Key: fmt.Sprintf("f%d", len(h.journal.All(0))), Label: "Postcode", Type: space.Text})
	case step < 17:
		h.record(t, pair.KeyOf(h.room.ID, one, other).Stream(), pair.JudgedDistinct{})
	default:
		h.record(t, pair.KeyOf(h.room.ID, one, other).Stream(), pair.Reconsidered{})
	}
}

// everyPair is what comparing everybody with everybody says, as a history leaves them.
func everyPair(in space.ID, history []domain.Recorded) (all []string) {
	var family contact.Family
	var lab space.Space
	var ids []contact.ID
	distinct := map[pair.Key]bool{}
	for _, r := range history {
		switch e := r.Event.(type) {
		case space.Event:
			lab = space.Evolve(lab, e, r.Moment)
		case pair.Event:
			_, judged := e.(pair.JudgedDistinct)
			distinct[pair.Of(r.Stream)] = judged
		case contact.Event:
			family.Tell(r)
			id := contact.KeyOf(r.Stream).ID
			ids = append(ids, id)
			if other, parted := pair.Parted(e); parted {
				distinct[pair.KeyOf(in, id, other)] = true
			}
		}
	}
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id contact.ID) bool { return family.Own(id).Standing() != nil })
	people, names, sharing := map[contact.ID]likeness.Person{}, map[contact.ID]string{}, map[likeness.Key]int{}
	for _, id := range ids {
		told := family.Told(id)
		people[id], names[id] = likeness.NewReader(lab.Fields).Person(told), told.Name()
		for _, k := range people[id].Keys() {
			sharing[k]++
		}
	}
	known := func(a, b contact.ID) bool {
		for k, is := range distinct {
			if is && (family.Root(k.A) == a && family.Root(k.B) == b || family.Root(k.A) == b && family.Root(k.B) == a) {
				return true
			}
		}
		return false
	}
	for i, a := range ids {
		for _, b := range ids[i+1:] {
			share := slices.ContainsFunc(people[a].Keys(), func(k likeness.Key) bool {
				return sharing[k] <= likeness.Crowd && slices.Contains(people[b].Keys(), k)
			})
			if l := likeness.Compare(people[a], people[b]); share && l.Grade() != "" && !known(a, b) {
				all = append(all, fmt.Sprint(a, names[a], b, names[b], l.Score, l.Grade(), l.Why))
			}
		}
	}
	slices.Sort(all)
	return all
}
