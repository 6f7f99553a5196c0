package erasure_test

import (
	"regexp"
	"slices"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"skein/domain"
	"skein/domain/contact"
)

// told fails unless all contacts are told from what is read as they are from what was
// recorded, and each event counts as it did.
func (j *journal) told(t *rapid.T) {
	var live, read contact.Family
	for i, r := range j.live {
		is := j.read[i]
		stood, stands := live.Own(contact.KeyOf(r.Stream).ID).Standing(), read.Own(contact.KeyOf(r.Stream).ID).Standing()
		if r.Kind() != is.Kind() || (stood == nil) != (stands == nil) {
			t.Fatalf("at %d there is %s, and was %s", i, text(is.Event), text(r.Event))
		}
		if was, said := r.Event.(contact.Interaction); said {
			was, is := was.Interacted(), is.Event.(contact.Interaction).Interacted()
			if was.Way != is.Way || was.Talk != is.Talk || was.Channel != is.Channel || !was.At.Equal(is.At) || (was.Of == "") != (is.Of == "") {
				t.Fatalf("at %d there is %+v, and was %+v", i, is, was)
			}
		}
		live.Tell(r)
		read.Tell(is)
	}
	for _, id := range j.ids {
		if diff := gocmp.Diff(live.Own(id), read.Own(id), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("the story of %s is another one: %s", id, diff)
		}
		if diff := gocmp.Diff(live.Told(id), read.Told(id), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s is told otherwise: %s", id, diff)
		}
		if diff := gocmp.Diff(live.Within(id), read.Within(id)); diff != "" {
			t.Fatalf("%s holds others: %s", id, diff)
		}
	}
}

var personal = regexp.MustCompile(`zz\d+q|9\d{7}`)

// nothingLeft fails if anything personal of a member reads anywhere that nobody else has.
func (j *journal) nothingLeft(t *rapid.T, members []contact.ID) {
	others := map[string]bool{}
	own := map[contact.ID]contact.Contact{}
	whose := map[domain.Position]contact.ID{}
	for _, n := range j.said {
		whose[n.Position] = n.owner
	}
	add := func(texts ...string) {
		for _, text := range texts {
			for _, found := range personal.FindAllString(text, -1) {
				others[found] = true
			}
		}
	}
	for _, r := range j.live {
		if e, is := r.Event.(contact.Event); is && r.Kind() != "contact.deleted" && r.Kind() != "contact.redacted" {
			id := contact.KeyOf(r.Stream).ID
			own[id] = contact.Evolve(own[id], e, r.Moment)
		}
	}
	for _, id := range j.ids {
		for slot, touch := range j.family.Own(id).Touches {
			add(string(slot), string(touch.Of), string(touch.IncomingOf))
		}
	}
	marked := map[contact.ID]bool{}
	for _, r := range j.live {
		id := contact.KeyOf(r.Stream).ID
		theirs := slices.Contains(members, id)
		switch e := r.Event.(type) {
		case contact.Interaction:
			if !slices.Contains(members, whose[r.Position]) {
				add(text(r.Event))
			}
		case contact.Created:
			for slot, said := range e.Says {
				if !theirs && !j.lost(own, members, id, slot, said) {
					add(string(slot), said)
				}
			}
		case contact.Redacted:
			marked[id] = true
		case contact.Edited:
			for slot, said := range e.Says {
				anew := marked[id] && said == "" // nobody knew any more that it had gone
				if !theirs && (anew || !j.lost(own, members, id, slot, said)) {
					add(string(slot), said)
				}
			}
		case contact.Merged:
			if !theirs {
				add(e.Reason)
			}
		case contact.Unmerged:
			if !theirs {
				add(e.Reason)
			}
		}
	}
	for i, r := range j.read {
		for _, found := range personal.FindAllString(text(r.Event), -1) {
			if !others[found] {
				t.Fatalf("%s of %v is still in %s at %d: %s", found, members, r.Stream, i, text(r.Event))
			}
		}
	}
}

// lost reports whether a value went from a contact to one of the members, by whomever, and
// it has it not again.
func (j *journal) lost(own map[contact.ID]contact.Contact, members []contact.ID, id contact.ID, slot contact.Slot, said string) bool {
	c := own[id]
	_, field := slot.Field()
	for _, r := range j.live {
		e, is := r.Event.(contact.Split)
		if !is || contact.KeyOf(r.Stream).ID != id || e.Says[slot] == "" {
			continue
		}
		if field && (e.Says[slot] != said || c.Values[slot].Text == said) || !field && c.Gave[slot] != e.Into {
			continue
		}
		if !field && slices.ContainsFunc(j.ids, func(id contact.ID) bool { return !slices.Contains(members, id) && own[id].Values[slot].Text != "" }) {
			continue
		}
		if slices.Contains(members, e.Into) || j.lost(own, members, e.Into, slot, e.Says[slot]) {
			return true
		}
	}
	return false
}

// othersAsBefore fails if anything of others reads otherwise that went to no member.
func (j *journal) othersAsBefore(t *rapid.T, members []contact.ID, before []domain.Recorded) {
	for _, n := range j.said {
		i := slices.IndexFunc(j.live, func(r domain.Recorded) bool { return r.Position == n.Position })
		was, is := text(j.live[i].Event), text(j.read[i].Event)
		if theirs := slices.Contains(members, n.owner); !theirs && was != is {
			t.Fatalf("an interaction of %s was %s and is %s", n.owner, was, is)
		}
	}
	own := map[contact.ID]contact.Contact{}
	for _, r := range j.live {
		if e, is := r.Event.(contact.Event); is && r.Kind() != "contact.deleted" && r.Kind() != "contact.redacted" {
			id := contact.KeyOf(r.Stream).ID
			own[id] = contact.Evolve(own[id], e, r.Moment)
		}
	}
	for i, r := range before {
		id := contact.KeyOf(r.Stream).ID
		if slices.Contains(members, id) {
			continue
		}
		same := func(was, is map[contact.Slot]string) {
			for slot, said := range was {
				if is[slot] != said && !j.lost(own, members, id, slot, said) {
					t.Fatalf("%s of %s was %q and is %q", slot, id, said, is[slot])
				}
			}
		}
		switch was := r.Event.(type) {
		case contact.Created:
			same(was.Says, j.read[i].Event.(contact.Created).Says)
		case contact.Edited:
			same(was.Says, j.read[i].Event.(contact.Edited).Says)
		case contact.Merged:
			is := j.read[i].Event.(contact.Merged)
			for name, choice := range was.Choices {
				_, field := contact.Slot(name).Field()
				if is.Choices[name] != choice && (field || !slices.Contains(members, was.Survivor) && !j.lost(own, members, was.Survivor, contact.Slot(name), "on")) {
					t.Fatalf("%s was merged by %s, and now by %s", id, text(was), text(is))
				}
			}
			if is.Choices = was.Choices; text(is) != text(was) {
				t.Fatalf("%s was merged by %s, and now by %s", id, text(was), text(is))
			}
		case contact.Unmerged:
			is := j.read[i].Event.(contact.Unmerged)
			if is.Stay = was.Stay; text(is) != text(was) {
				t.Fatalf("%s was taken out by %s, and now by %s", id, text(was), text(is))
			}
		}
	}
}
