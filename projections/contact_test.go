package projections

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/space"
)

// A contact is told with why each value counts, by which merge it came and what a rule
// made it of, and each merge with the conversations it closed (C2-62, C2-67).
func TestFullTellsWhy(t *testing.T) {
	monday := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	var f contact.Family
	at := domain.Position(0)
	tell := func(id contact.ID, e domain.Event) {
		at++
		s := contact.Key{Space: "lab", ID: id}.Stream()
		if _, said := e.(contact.Interaction); said {
			s = conversation.Stream(contact.Key{Space: "lab", ID: id})
		}
		f.Tell(domain.Recorded{Event: e, Stream: s, Moment: domain.Moment{Position: at, At: monday}})
	}
	tell("ada", contact.Created{Says: map[contact.Slot]string{"first_name": "Ada", "points": "1", "country": "UK"}})                                        // 1
	tell("lord", contact.Created{Says: map[contact.Slot]string{"first_name": "George", "points": "2", "country": "GR", "#poet": "on", "@email:b@x": "on"}}) // 2
	tell("eve", contact.Created{Says: map[contact.Slot]string{"phone": "+4930123456", "points": "4"}})                                                      // 3
	tell("ada", conversation.Opened{Channel: "email", At: monday})                                                                                          // 4
	tell("lord", conversation.Opened{Channel: "email", At: monday.Add(time.Hour)})                                                                          // 5
	sum := map[string]space.Rule{"points": space.Sum}
	tell("eve", contact.Merged{ID: "m6", Survivor: "lord", Rules: sum}) // 6
	tell("lord", contact.Merged{ID: "m7", Batch: "b", Survivor: "ada", Rules: sum, Choices: map[string]contact.Choice{
		"first_name": contact.Absorbeds, "country": contact.Survivors,
	}}) // 7

	full := Full(&f, "ada")
	lord := &BroughtBy{"m7", "lord", 7}
	points := Source{Contact: "ada", Position: 7, How: "sum", Merge: lord, Of: []Ingredient{
		{"1", Source{Contact: "ada", Position: 1}},
		{"6", Source{Contact: "lord", Position: 6, How: "sum", Merge: lord, Of: []Ingredient{
			{"2", Source{Contact: "lord", Position: 2, Merge: lord}},
			{"4", Source{Contact: "eve", Position: 3, Merge: lord}},
		}}},
	}}
	if diff := cmp.Diff(map[string]Source{
		"first_name": {Contact: "lord", Position: 2, How: "chosen", Merge: lord},
		"country":    {Contact: "ada", Position: 1, How: "chosen", Merge: lord},
		"phone":      {Contact: "eve", Position: 3, Merge: lord},
		"#poet":      {Contact: "lord", Position: 2, Merge: lord},
		"@email:b@x": {Contact: "lord", Position: 2, Merge: lord},
		"points":     points,
	}, full.Sources); diff != "" {
		t.Errorf("other sources (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Absorbed{
		{ID: "lord", Into: "ada", Name: "George", Position: 7, Merge: "m7", Batch: "b", Closed: []string{"email"}},
		{ID: "eve", Into: "lord", Name: "+4930123456", Position: 6, Merge: "m6"},
	}, full.Absorbed); diff != "" {
		t.Errorf("others were absorbed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]contact.Identity{{Channel: "email", Of: "b@x"}}, full.Identities); diff != "" {
		t.Errorf("other identities (-want +got):\n%s", diff)
	}
	opened := monday.Add(time.Hour)
	if diff := cmp.Diff([]Conversation{{Channel: "email", State: contact.Opened, Since: monday, Opened: &opened, Position: 4}}, full.Conversations); diff != "" {
		t.Errorf("other conversations (-want +got):\n%s", diff)
	}
	if full.Initials != "G" || full.Opened == nil || !full.Opened.Equal(opened) {
		t.Errorf("told as %+v", full.Contact)
	}
}
