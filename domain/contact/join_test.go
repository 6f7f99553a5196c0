package contact_test

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/domaintest"
	"skein/domain/space"
)

// mergedAll draws what six contacts say of a field, those who say anything, and merges
// them into one in some order and nesting.
func mergedAll(t *rapid.T, of *rapid.Generator[string], rule space.Rule) (s story, root contact.ID, said []string) {
	said = rapid.SliceOfN(of, 6, 6).Draw(t, "said")
	var standing []contact.ID
	for i, text := range said {
		standing = append(standing, contact.ID(strconv.Itoa(i)))
		s.happen(standing[i], contact.Created{Says: map[contact.Slot]string{"field": text}})
	}
	for len(standing) > 1 {
		i := rapid.IntRange(0, len(standing)-1).Draw(t, "absorbed")
		absorbed := standing[i]
		standing = slices.Delete(standing, i, i+1)
		s.happen(absorbed, contact.Merged{Survivor: rapid.SampledFrom(standing).Draw(t, "survivor"), Rules: map[string]space.Rule{"field": rule}})
	}
	return s, standing[0], said
}

// holdsApart checks that the contacts that are one show what follows from what each of
// them said, also when some are taken out again.
func holdsApart(t *rapid.T, s story, said []string, follows func(said []string) string) {
	for range 3 {
		f := s.family()
		shown := func(id contact.ID) (values []string) {
			within := f.Within(id)
			slices.Sort(within) // as they were made
			for _, one := range within {
				if i, _ := strconv.Atoi(string(one)); said[i] != "" {
					values = append(values, said[i])
				}
			}
			return values
		}
		var absorbed []contact.ID
		for i := range said {
			id := contact.ID(strconv.Itoa(i))
			if f.Own(id).Merge.Into != "" {
				absorbed = append(absorbed, id)
				continue
			}
			if values := shown(id); len(values) > 0 && f.Told(id).Field("field") != follows(values) {
				t.Fatalf("%s of %q shows %q, want %q", id, values, f.Told(id).Field("field"), follows(values))
			}
		}
		if len(absorbed) == 0 {
			return
		}
		id := rapid.SampledFrom(absorbed).Draw(t, "unmerged")
		s.happen(id, contact.Unmerged{Survivor: f.Own(id).Merge.Into})
	}
}

var (
	amounts = rapid.Custom(func(t *rapid.T) string {
		return amount(rapid.IntRange(-99999, 99999).Draw(t, "hundredths"))
	})
	days = rapid.Custom(func(t *rapid.T) string {
		return domaintest.Monday.AddDate(0, 0, rapid.IntRange(-50000, 50000).Draw(t, "day")).Format(time.DateOnly)
	})
	boxes = rapid.SampledFrom([]string{"", "true", "false"})
)

func amount(hundredths int) string { return strconv.FormatFloat(float64(hundredths)/100, 'f', -1, 64) }

func hundredths(of string) int {
	n, _ := strconv.ParseFloat(of, 64)
	return int(math.Round(n * 100))
}

// D1-9: numbers are summed exactly, or the largest or smallest counts, however merges
// nest; and what one of them had goes with it.
func TestNumbersJoin(t *testing.T) {
	for rule, follows := range map[space.Rule]func(a, b int) int{
		space.Sum: func(a, b int) int { return a + b },
		space.Max: func(a, b int) int { return max(a, b) },
		space.Min: func(a, b int) int { return min(a, b) },
	} {
		t.Run(string(rule), rapid.MakeCheck(func(t *rapid.T) {
			s, _, said := mergedAll(t, amounts, rule)
			holdsApart(t, s, said, func(said []string) string {
				all := hundredths(said[0])
				for _, one := range said[1:] {
					all = follows(all, hundredths(one))
				}
				return amount(all)
			})
		}))
	}
}

// D1-9: of dates the latest or the earliest counts.
func TestDatesJoin(t *testing.T) {
	for rule, follows := range map[space.Rule]func(days []string) string{
		space.Max: slices.Max[[]string], space.Min: slices.Min[[]string],
	} {
		t.Run(string(rule), rapid.MakeCheck(func(t *rapid.T) {
			s, _, said := mergedAll(t, days, rule)
			holdsApart(t, s, said, follows)
		}))
	}
}

// D1-9: the more restrictive of checkboxes counts: blocked if one is, allowed if all are.
func TestCheckboxesJoin(t *testing.T) {
	for rule, restricts := range map[space.Rule]string{space.Any: "true", space.All: "false"} {
		t.Run(string(rule), rapid.MakeCheck(func(t *rapid.T) {
			s, _, said := mergedAll(t, boxes, rule)
			holdsApart(t, s, said, func(said []string) string {
				if slices.Contains(said, restricts) {
					return restricts
				}
				return said[0]
			})
		}))
	}
}

// D1-9: consent keeps the legal basis that was said last.
func TestNewestJoin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, _, said := mergedAll(t, rapid.SampledFrom([]string{"", "consent", "contract", "interest"}), space.Newest)
		holdsApart(t, s, said, func(said []string) string { return said[len(said)-1] })
	})
}

// D1-9: lists are united, the survivor's first, and nothing is in them twice (D1-6).
func TestListsJoin(t *testing.T) {
	lists := rapid.SampledFrom([]string{"green", "black", "black\ngreen", "white\nred", "red\ngreen"})
	rapid.Check(t, func(t *rapid.T) {
		s, root, said := mergedAll(t, lists, space.Union)
		first, _ := strconv.Atoi(string(root))
		if told := s.texts(root)["field"]; !strings.HasPrefix(told+"\n", said[first]+"\n") {
			t.Fatalf("%q does not begin with %q", told, said[first])
		}
		f := s.family()
		if got, want := ordered(f.Told(root).Field("field")), ordered(strings.Join(said, "\n")); got != want {
			t.Fatalf("united is %q, want %q", got, want)
		}
	})
}

// ordered are the lines of a text, each once.
func ordered(text string) string {
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "\n")
}

// What a space says of its fields says how they join; of the standard ones it is known:
// who blocked or opted out in one of the two has, and the assignee is the survivor's or
// else the other one's (D1-9).
func TestStandardFieldsJoin(t *testing.T) {
	var s story
	s.happen("ada", contact.Created{Says: map[contact.Slot]string{"blocked": "false", "opted_out": "true", "legal_basis": "consent", "country": "UK"}})
	s.happen("lord", contact.Created{Says: map[contact.Slot]string{"blocked": "true", "opted_out": "false", "legal_basis": "contract", "country": "GR", "assignee": "eve"}})
	s.happen("lord", contact.Merged{Survivor: "ada"})
	is(t, s.texts("ada"), map[contact.Slot]string{"blocked": "true", "opted_out": "true", "legal_basis": "contract", "country": "UK", "assignee": "eve"})
	for slot, want := range map[contact.Slot]contact.Value{
		"blocked": {Text: "true", At: 2, From: "lord", How: "any"}, "legal_basis": {Text: "contract", At: 2, From: "lord", How: "newest"},
		"country": {Text: "UK", At: 1}, "assignee": {Text: "eve", At: 2, From: "lord"},
	} {
		if got := contact.Replay("ada", s).Values[slot]; got != want {
			t.Errorf("%s is %+v, want %+v", slot, got, want)
		}
	}
}

// A chosen value differs from one nobody chose: what was cleared stays so, though the
// rule would have made something of it (C2-60, D1-8).
func TestChoicesJoin(t *testing.T) {
	rules := map[string]space.Rule{"score": space.Sum}
	for choice, want := range map[contact.Choice]string{"": "3", contact.Survivors: "1", contact.Absorbeds: "2", contact.Neithers: ""} {
		var s story
		s.happen("ada", contact.Created{Says: map[contact.Slot]string{"score": "1"}})
		s.happen("lord", contact.Created{Says: map[contact.Slot]string{"score": "2"}})
		m := contact.Merged{Survivor: "ada", Rules: rules}
		if choice != "" {
			m.Choices = map[string]contact.Choice{"score": choice}
		}
		s.happen("lord", m)
		told := contact.Replay("ada", s).Values["score"]
		if told.Text != want || (told.How == contact.Chosen) != (choice != "") {
			t.Errorf("chosen %q it is %+v, want %q", choice, told, want)
		}
	}
}

// D1-9, D1-11, C2-67: a merged contact was created when the older one was, was in touch
// when the last of the two was, and has one conversation a channel.
func TestInteractionsJoin(t *testing.T) {
	at := func(hours int) time.Time { return domaintest.Monday.Add(time.Duration(hours) * time.Hour) }
	var s story
	s.happen("lord", contact.Created{})
	s.happen("ada", contact.Created{})
	s.talk("ada", conversation.Opened{Channel: "whatsapp", At: at(1)})
	s.talk("lord", conversation.Opened{Channel: "whatsapp", At: at(2)})
	s.talk("lord", conversation.Opened{Channel: "email", At: at(3)})
	s.talk("lord", conversation.MessageReceived{Message: "1", At: at(4), Channel: "whatsapp", Identity: "+4930123456"})
	s.happen("lord", contact.Merged{Survivor: "ada"})
	f := s.family()
	if closed := f.ClosedByMerge("lord"); !slices.Equal(closed, []string{"whatsapp"}) {
		t.Errorf("the merge closes %q", closed)
	}
	told := f.Told("ada")
	if !told.Created.Equal(domaintest.Moment(0).At) || !told.LastInteraction.Equal(at(4)) || told.LastChannel != "whatsapp" {
		t.Errorf("created %v, in touch %v by %q", told.Created, told.LastInteraction, told.LastChannel)
	}
	for channel, since := range map[string]time.Time{"whatsapp": at(1), "email": at(3)} {
		if talk := told.Talks[channel]; talk.State != contact.Opened || !talk.Since.Equal(since) {
			t.Errorf("%s: %+v", channel, talk)
		}
	}
}
