package contact_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"skein/domain/contact"
	"skein/domain/space"
)

// Whatever happened before, a preview shows what the merge makes of the two, and
// nothing happens by it (C2-59).
func TestPreviewIsWhatComes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := histories(t)
		f := s.family()
		standing := slices.DeleteFunc(slices.Clone(people), func(id contact.ID) bool { return f.Own(id).Standing() != nil || f.Own(id).Void > 0 })
		if len(standing) < 2 {
			return
		}
		survivor, absorbed := standing[0], standing[1]
		m := merges.Draw(t, "merge")
		m.Survivor, m.Seen = survivor, f.Seen(survivor, absorbed)
		p := f.Preview(lab, absorbed, m)
		if diff := cmp.Diff(s.texts(survivor), texts(f.Told(survivor)), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("the preview changed what was: %s", diff)
		}
		s.happen(absorbed, m)
		comes := s.texts(survivor)
		if diff := cmp.Diff(comes, texts(p.After.Told(survivor)), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("something else came (-came +previewed): %s", diff)
		}
		for _, j := range p.Slots {
			if j.Merged.Text != comes[j.Slot] || j.Survivor.Text != texts(p.Before.Told(survivor))[j.Slot] || j.Absorbed.Text != texts(p.Before.Told(absorbed))[j.Slot] {
				t.Fatalf("%+v came as %q", j, comes[j.Slot])
			}
			delete(comes, j.Slot)
		}
		if len(comes) > 0 {
			t.Fatalf("%v came and was not shown", comes)
		}
	})
}

// Of each field a preview tells why it becomes what it becomes, and what has to be
// chosen before (D1-7).
func TestPreviewTellsWhy(t *testing.T) {
	var s story
	s.happen("ada", contact.Created{Says: map[contact.Slot]string{"first_name": "Ada", "country": "UK", "email": "ada@example.org", "score": "1", "#poet": "on"}})
	s.happen("lord", contact.Created{Says: map[contact.Slot]string{"first_name": "George", "last_name": "Byron", "email": "lord@example.org", "score": "2", "#poet": "on", "@whatsapp:+4930123456": "on"}})
	s.happen("eve", contact.Created{Says: map[contact.Slot]string{"phone": "+4930123457"}})
	s.happen("eve", contact.Merged{Survivor: "lord"})
	f := s.family()
	p := f.Preview(lab, "lord", contact.Merged{
		Survivor: "ada", Rules: map[string]space.Rule{"score": space.Sum},
		Choices: map[string]contact.Choice{"first_name": contact.Absorbeds},
	})
	why := map[contact.Slot]string{}
	for _, j := range p.Slots {
		why[j.Slot] = j.Why
	}
	if diff := cmp.Diff(why, map[contact.Slot]string{
		"first_name": contact.Chosen, "last_name": contact.Filled, "phone": contact.Filled, "country": "keep", "email": "keep",
		"score": "sum", "#poet": contact.United, "@whatsapp:+4930123456": contact.United,
	}); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(p.Clash, []string{"email"}) || !slices.Equal(p.Along, []contact.ID{"eve"}) {
		t.Errorf("clash over %q, along come %q", p.Clash, p.Along)
	}
}
