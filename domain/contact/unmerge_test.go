package contact_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/domaintest"
)

// What an unmerge can be asked for is recorded with it; whatever it leaves off goes in
// the same breath (D2-2, D2-5, D2-8, D2-13).
func TestUnmergeAsAsked(t *testing.T) {
	merged := contact.Merged{ID: "m-1", Survivor: "ada"}
	take := contact.Taken{From: []contact.ID{"ada"}, Interactions: []contact.Ref{"message 7"}}
	ask := contact.Unmerge{Alone: true, Undecided: true, Talks: contact.Close, Without: []contact.Slot{"email"}, Take: take}
	decider.Given(lord, merged).When(ask).Then(t,
		contact.Edited{Says: map[contact.Slot]string{"email": ""}},
		contact.Unmerged{Survivor: "ada", Merge: "m-1", Alone: true, Undecided: true, Talks: contact.Close},
		contact.InteractionsTaken(take))
	ask.Talks = "ajar"
	decider.Given(lord, merged).When(ask).Refused(t, errCode("conversations_unknown"), "/conversations")
	decider.Given(lord, contact.Merged{Survivor: "ada"}, contact.Unmerged{Survivor: "ada"}).When(ask).Then(t) // D2-1
}

// A merge that never counted says nothing about the two when it is taken back.
func TestVoidIsUndecided(t *testing.T) {
	decider.Given(lord, contact.Merged{ID: "m-1", Survivor: "ada"}).When(contact.Unmerge{Void: true}).
		Then(t, contact.Unmerged{Survivor: "ada", Merge: "m-1", Undecided: true})
}

// A contact does without a value, and gets it back, also while it is a part of another.
func TestForgoAndRegain(t *testing.T) {
	merged := contact.Merged{Survivor: "ada"}
	decider.Given(lord, merged).When(contact.Forgo{Slots: []contact.Slot{"email"}}).Then(t, contact.Edited{Says: map[contact.Slot]string{"email": ""}})
	decider.Given(lord, merged).When(contact.Regain{Values: map[contact.Slot]string{"email": "x@example.org"}}).Then(t, contact.Edited{Says: map[contact.Slot]string{"email": "x@example.org"}})
	decider.Given(lord).When(contact.Forgo{}).Then(t)
	decider.Given(lord).When(contact.Regain{}).Then(t)
	for _, cmd := range []contact.Command{contact.Forgo{}, contact.Regain{}} {
		decider.Given().When(cmd).Refused(t, contact.ErrUnknown, "")
		decider.Given(lord, contact.Deleted{}).When(cmd).Refused(t, contact.ErrDeleted, "")
	}
}

// A merge counts again as it did, and what its survivor said since goes on to count.
func TestRemerge(t *testing.T) {
	merge := contact.Merge{ID: "m-1", Into: "ada", At: 5, Batch: "b-1", Choices: map[string]contact.Choice{"country": contact.Absorbeds, "language": contact.Absorbeds}}
	survivor := contact.Evolve(contact.Contact{}, ada, domaintest.Moment(0))
	survivor.Values["country"] = contact.Value{Text: "UK", At: 6}
	ask := contact.Remerge{Merge: merge, Survivor: survivor}
	want := contact.Merged{ID: "m-1", Survivor: "ada", Batch: "b-1", Choices: map[string]contact.Choice{"country": contact.Survivors, "language": contact.Absorbeds}}
	decider.Given(lord).When(ask).Then(t, want)
	decider.Given(lord, want).When(ask).Then(t)
	ask.Without = []contact.Slot{"country"} // which it lost for the undoing
	want.Choices = merge.Choices
	decider.Given(lord).When(ask).Then(t, want)
	decider.Given(lord, contact.Merged{Survivor: "eve"}).When(ask).Refused(t, contact.ErrMerged, "")
	ask.Survivor = contact.Contact{Created: time.Now(), Deleted: 3}
	decider.Given(lord).When(ask).Refused(t, contact.ErrDeleted, "")
}

// A survivor goes on to show what was chosen among those that stay with it (D2-2).
func TestLeavingAloneKeepsWhatWasChosen(t *testing.T) {
	var s story
	s.happen("ada", ada)
	s.happen("lord", contact.Created{Says: map[contact.Slot]string{"country": "UK"}})
	s.happen("eve", contact.Created{Says: map[contact.Slot]string{"country": "IT"}})
	s.happen("kit", contact.Created{Says: map[contact.Slot]string{"country": "GR"}})
	s.happen("eve", contact.Merged{Survivor: "lord"})
	s.happen("kit", contact.Merged{Survivor: "lord", Choices: map[string]contact.Choice{"country": contact.Absorbeds}})
	s.happen("lord", contact.Merged{Survivor: "ada"})
	for range 2 {
		if got := s.texts("ada")["country"]; got != "GR" {
			t.Errorf("%d: country is %q", len(s), got)
		}
		s.happen("lord", contact.Unmerged{Survivor: "ada", Alone: true})
	}
	s.happen("kit", contact.Unmerged{Survivor: "ada"})
	if got := s.texts("ada")["country"]; got != "IT" {
		t.Errorf("without kit, country is %q", got)
	}
	is(t, s.texts("lord"), map[contact.Slot]string{"country": "UK"})
}

// What a contact leaves behind goes to its survivor in the order in which it was merged,
// whatever it is called (D2-2).
func TestLeftBehindInOrder(t *testing.T) {
	var s story
	s.happen("ada", ada)
	s.happen("lord", lord)
	for _, one := range []struct {
		id      contact.ID
		country string
	}{{"zoe", "IT"}, {"abe", "GR"}} {
		s.happen(one.id, contact.Created{Says: map[contact.Slot]string{"country": one.country}})
		s.happen(one.id, contact.Merged{Survivor: "lord"})
	}
	s.happen("lord", contact.Merged{Survivor: "ada"})
	s.happen("lord", contact.Unmerged{Survivor: "ada", Alone: true})
	f := s.family()
	if diff := cmp.Diff([]contact.ID{"zoe", "abe"}, f.Absorbed("ada")); diff != "" {
		t.Error(diff)
	}
}

// A message that goes to another contact is no longer the last one that came in, also if
// something was answered since (D2-3).
func TestTakenMessageWasTheLastIn(t *testing.T) {
	monday := domaintest.Monday
	var s story
	s.happen("ada", ada)
	s.happen("lord", lord)
	s.talk("ada", conversation.MessageReceived{Message: "1", Channel: "chat", Identity: "us", At: monday})
	s.talk("ada", conversation.MessageReceived{Message: "2", Channel: "chat", Identity: "us", At: monday.Add(time.Hour)})
	s.talk("ada", conversation.MessageSent{Message: "3", Channel: "chat", Identity: "us", At: monday.Add(2 * time.Hour)})
	s.happen("lord", contact.InteractionsTaken{
		From: []contact.ID{"ada"}, Interactions: []contact.Ref{"message 2"},
		Left: map[contact.ID]map[string]contact.Touch{"ada": {"@chat:us": {Last: monday.Add(2 * time.Hour), Of: "message 3", Incoming: monday, IncomingOf: "message 1"}}},
		Got:  map[string]contact.Touch{"@chat:us": {Last: monday.Add(time.Hour), Of: "message 2", Incoming: monday.Add(time.Hour), IncomingOf: "message 2"}},
	})
	f := s.family()
	for id, want := range map[contact.ID][2]time.Time{"ada": {monday.Add(2 * time.Hour), monday}, "lord": {monday.Add(time.Hour), monday.Add(time.Hour)}} {
		if c := f.Told(id); !c.LastInteraction.Equal(want[0]) || !c.LastIncoming.Equal(want[1]) {
			t.Errorf("%s was in touch %v and wrote %v", id, c.LastInteraction, c.LastIncoming)
		}
	}
}

// What the survivor said since stays and is reported, what came from the absorbed one
// falls back; that one comes back with what was its own and without what came since
// (C2-75 to C2-78, D2-4).
func TestPartingReports(t *testing.T) {
	var s story
	s.happen("ada", contact.Created{Says: map[contact.Slot]string{"first_name": "Ada", "#poet": "on"}})
	s.happen("lord", contact.Created{Says: map[contact.Slot]string{"first_name": "George", "last_name": "Byron", "country": "GR", "#poet": "on", "#lord": "on", "@chat:george": "on"}})
	s.happen("lord", contact.Merged{Survivor: "ada", Choices: map[string]contact.Choice{"first_name": contact.Absorbeds}})
	s.happen("ada", contact.Edited{Says: map[contact.Slot]string{"last_name": "Lovelace", "#vip": "on"}})
	f := s.family()
	p, err := f.Parting("lord", contact.Unmerge{}, map[contact.ID][]contact.Slot{"ada": {"last_name"}}, domaintest.Monday)
	if err != nil {
		t.Fatal(err)
	}
	is(t, texts(p.Survivor), map[contact.Slot]string{"first_name": "Ada", "#poet": "on", "#vip": "on"})
	if p, err = f.Parting("lord", contact.Unmerge{Without: []contact.Slot{"country"}}, nil, domaintest.Monday); err != nil {
		t.Fatal(err)
	}
	is(t, texts(p.Survivor), map[contact.Slot]string{"first_name": "Ada", "last_name": "Lovelace", "#poet": "on", "#vip": "on"})
	is(t, texts(p.Absorbed), map[contact.Slot]string{"first_name": "George", "last_name": "Byron", "#poet": "on", "#lord": "on", "@chat:george": "on"})
	if diff := cmp.Diff([]contact.Slot{"last_name"}, p.Kept); diff != "" {
		t.Error(diff)
	}
	falls := map[contact.Slot][2]string{}
	for _, f := range p.Falls {
		falls[f.Slot] = [2]string{f.From.Text, f.To.Text}
	}
	if diff := cmp.Diff(map[contact.Slot][2]string{"first_name": {"George", "Ada"}, "country": {"GR", ""}, "#lord": {"on", ""}, "@chat:george": {"on", ""}}, falls); diff != "" {
		t.Error(diff)
	}
}

// A conversation that was open comes back open, unless somebody went on with it at the
// survivor; either can be asked for otherwise (C2-67, D2-8).
func TestConversationsComeBack(t *testing.T) {
	at := domaintest.Monday
	for name, c := range map[string]struct {
		survivor, since []conversation.Event
		as              contact.Talks
		want            contact.TalkState
	}{
		"untouched":               {want: contact.Opened},
		"closed by the merge":     {survivor: []conversation.Event{conversation.Opened{Channel: "chat", At: at}}, want: contact.Opened},
		"to stay closed":          {survivor: []conversation.Event{conversation.Opened{Channel: "chat", At: at}}, as: contact.Close, want: contact.Closed},
		"never closed":            {as: contact.Close, want: contact.Opened},
		"gone on with":            {since: []conversation.Event{conversation.MessageReceived{Message: "2", Channel: "chat", Identity: "george", At: at}}, want: contact.Closed},
		"closed since":            {since: []conversation.Event{conversation.Closed{Channel: "chat", Reason: "answered", At: at}}, want: contact.Closed},
		"gone on with, reopened":  {since: []conversation.Event{conversation.Closed{Channel: "chat", Reason: "answered", At: at}}, as: contact.Reopen, want: contact.Opened},
		"gone on with on another": {since: []conversation.Event{conversation.MessageReceived{Message: "2", Channel: "email", Identity: "george@example.org", At: at}}, want: contact.Opened},
	} {
		t.Run(name, func(t *testing.T) {
			var s story
			s.happen("ada", ada)
			s.happen("lord", lord)
			s.talk("lord", conversation.Opened{Channel: "chat", At: at})
			for _, e := range c.survivor {
				s.talk("ada", e)
			}
			s.happen("lord", contact.Merged{Survivor: "ada"})
			for _, e := range c.since {
				s.talk("ada", e)
			}
			s.happen("lord", contact.Unmerged{Survivor: "ada", Talks: c.as})
			f := s.family()
			talk := f.Told("lord").Talks["chat"]
			if talk.State != c.want || c.want == contact.Closed && talk.Reason != contact.ByMerge {
				t.Errorf("it came back as %+v", talk)
			}
			if own := f.Told("ada").Talks["chat"]; own.Reason == contact.ByMerge {
				t.Errorf("the survivor's is %+v", own)
			}
		})
	}
}

// By its identities a contact is known that are its own and not also its survivor's.
func TestKnown(t *testing.T) {
	lord := contact.Contact{Values: map[contact.Slot]contact.Value{"@chat:george": {Text: "on"}, "@chat:us": {Text: "on"}, "email": {Text: "lord@example.org"}}}
	ada := contact.Contact{Values: map[contact.Slot]contact.Value{"@chat:us": {Text: "on"}, "email": {Text: "ada@example.org"}}}
	want := []contact.Identity{{Channel: "chat", Of: "george"}, {Channel: "email", Of: "lord@example.org"}}
	if diff := cmp.Diff(want, contact.Known(lord, ada, map[string]string{"email": "email"})); diff != "" {
		t.Error(diff)
	}
}
