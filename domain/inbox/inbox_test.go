package inbox_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/domaintest"
	"skein/domain/inbox"
	"skein/domain/space"
)

var (
	decider = domaintest.For(inbox.Decide, inbox.Evolve, inbox.Facts)

	lab = space.Space{
		Name: "Lab", Created: domaintest.Monday, Unique: space.DefaultUnique,
		Fields: []space.Field{{Key: "score", Type: space.Number}, {Key: "size", Type: space.List, Options: []string{"small"}}},
	}
	berlin = inbox.Filter{Test: &inbox.Test{Of: "country", How: inbox.Is, Value: "Berlin"}}
)

func TestFacts(t *testing.T) { domaintest.Golden(t, inbox.Facts) }

// A name is required and a filter that shows everything is refused (C2-42).
func TestSave(t *testing.T) {
	saved := inbox.Saved{Name: "Berlin", Filter: berlin}

	decider.Given().When(inbox.Save{Space: lab, Name: " Berlin ", Filter: berlin}).Then(t, saved)
	decider.Given(saved).When(inbox.Save{Space: lab, Name: "Berlin", Filter: berlin}).Refused(t, code("inbox_exists"), "")
	decider.Given().When(inbox.Save{Space: lab, Filter: berlin}).Refused(t, code("inbox_name_invalid"), "/name")
	decider.Given().When(inbox.Save{Space: lab, Name: "All", Filter: inbox.Filter{All: []inbox.Filter{{}}}}).Refused(t, code("filter_empty"), "/filter")
	decider.Given().When(inbox.Save{Name: "Berlin", Filter: berlin}).Refused(t, space.ErrUnknown, "")
	decider.Given(saved).When(inbox.Delete{}).Then(t, inbox.Deleted{})
	decider.Given(saved, inbox.Deleted{}).When(inbox.Delete{}).Refused(t, inbox.ErrUnknown, "")
}

// Each fault of a filter is pointed at (D3-2, D3-3, C2-38).
func TestCheck(t *testing.T) {
	leaf := func(of string, how inbox.How, value string) inbox.Filter {
		return inbox.Filter{Test: &inbox.Test{Of: of, How: how, Value: value}}
	}
	deep := berlin
	for range inbox.MaxDepth {
		inner := deep
		deep = inbox.Filter{Not: &inner}
	}
	for name, c := range map[string]struct {
		filter inbox.Filter
		code   string
		at     string
	}{
		"two things at once": {inbox.Filter{All: []inbox.Filter{berlin}, Not: &berlin}, "filter_ambiguous", "/f"},
		"any of nothing":     {inbox.Filter{Any: []inbox.Filter{}}, "filter_any_empty", "/f/any"},
		"unknown field":      {inbox.Filter{All: []inbox.Filter{berlin, leaf("shoe", inbox.Is, "39")}}, "filter_field_unknown", "/f/all/1/test/of"},
		"unknown way":        {leaf("country", "sounds_like", "Berlin"), "filter_test_unknown", "/f/test/how"},
		"a way of others":    {inbox.Filter{Any: []inbox.Filter{leaf("score", inbox.Contains, "1")}}, "filter_test_unknown", "/f/any/0/test/how"},
		"no number":          {inbox.Filter{Not: &inbox.Filter{Test: &inbox.Test{Of: "score", How: inbox.Above, Value: "1e3"}}}, "filter_value_invalid", "/f/not/test/value"},
		"a value for none":   {leaf("country", inbox.HasValue, "\x00"), "filter_value_invalid", "/f/test/value"},
		"no value":           {leaf("country", inbox.Is, " "), "filter_value_invalid", "/f/test/value"},
		"only accents":       {leaf("country", inbox.Contains, "\u0301"), "filter_value_invalid", "/f/test/value"},
		"too deep":           {deep, "filter_too_deep", "/f" + strings.Repeat("/not", inbox.MaxDepth)},
		"all of nothing":     {inbox.Filter{All: []inbox.Filter{}}, "", ""},
	} {
		err := c.filter.Check(lab, "/f")
		var refused *domain.Refusal
		switch {
		case c.code == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.code != "" && (!errors.As(err, &refused) || refused.Code != c.code || refused.At != c.at):
			t.Errorf("%s: got %+v, want %s at %s", name, err, c.code, c.at)
		}
	}
	large := inbox.Filter{}
	for range inbox.MaxParts {
		large.Any = append(large.Any, berlin)
	}
	if err := large.Check(lab, "/f"); !errors.Is(err, code("filter_too_large")) {
		t.Errorf("too large: %v", err)
	}
}

// There is no third answer: a test and its opposite never both fail, and Not
// follows De Morgan, also for contacts without any value (D3-1).
func TestNoThirdAnswer(t *testing.T) {
	opposites := map[inbox.How]inbox.How{inbox.Is: inbox.IsNot, inbox.Contains: inbox.ContainsNot, inbox.HasValue: inbox.HasNone}
	rapid.Check(t, func(t *rapid.T) {
		c := contact.Contact{Created: domaintest.Monday, Values: map[contact.Slot]contact.Value{}}
		for _, field := range []string{"country", "language"} {
			if text := rapid.SampledFrom([]string{"", "a", "Ä", "ab"}).Draw(t, field); text != "" {
				c.Values[contact.Slot(field)] = contact.Value{Text: text}
			}
		}
		drawn := func(label string) inbox.Filter {
			return inbox.Filter{Test: &inbox.Test{
				Of:    rapid.SampledFrom([]string{"country", "language", "tag"}).Draw(t, label),
				How:   rapid.SampledFrom([]inbox.How{inbox.Is, inbox.Contains, inbox.HasValue}).Draw(t, label),
				Value: rapid.SampledFrom([]string{"a", "b", "AB"}).Draw(t, label),
			}}
		}
		a, b := drawn("a"), drawn("b")
		opposite := inbox.Filter{Test: &inbox.Test{Of: a.Test.Of, How: opposites[a.Test.How], Value: a.Test.Value}}
		if a.Shows(lab, c) == opposite.Shows(lab, c) {
			t.Fatalf("%+v and its opposite agree on %+v", a.Test, c)
		}
		neither := inbox.Filter{Not: &inbox.Filter{Any: []inbox.Filter{a, b}}}
		both := inbox.Filter{All: []inbox.Filter{{Not: &a}, {Not: &b}}}
		if neither.Shows(lab, c) != both.Shows(lab, c) {
			t.Fatalf("not (%+v or %+v) is not De Morgan's", a.Test, b.Test)
		}
	})
}

func code(code string) error { return domain.Refuse(domain.Invalid, code, "") }
