package inbox

import (
	"math/big"
	"slices"
	"strings"
	"time"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// Shows reports whether the filter, checked for the space, shows the contact.
func (f Filter) Shows(in space.Space, c contact.Contact) bool {
	switch {
	case f.Test != nil:
		return f.Test.holds(in, c)
	case f.Not != nil:
		return !f.Not.Shows(in, c)
	case f.Any != nil:
		return slices.ContainsFunc(f.Any, func(p Filter) bool { return p.Shows(in, c) })
	}
	return !slices.ContainsFunc(f.All, func(p Filter) bool { return !p.Shows(in, c) })
}

func (t Test) holds(in space.Space, c contact.Contact) bool {
	kind := t.Type(in)
	values := t.values(kind, c)
	how, negated := t.How.Plain()
	want := t.Comparable(kind)
	holds := slices.ContainsFunc(values, func(v string) bool {
		switch how {
		case HasValue:
			return true
		case Is:
			return v == want
		case Contains:
			return strings.Contains(v, want)
		case StartsWith:
			return strings.HasPrefix(v, want)
		case Above:
			return compare(kind, v, want) > 0
		case AtLeast:
			return compare(kind, v, want) >= 0
		case Below:
			return compare(kind, v, want) < 0
		case AtMost:
			return compare(kind, v, want) <= 0
		}
		return false
	})
	return holds != negated
}

// Plain is the test that h is, or is the opposite of.
func (h How) Plain() (plain How, negated bool) {
	switch h {
	case IsNot:
		return Is, true
	case ContainsNot:
		return Contains, true
	case HasNone:
		return HasValue, true
	}
	return h, false
}

// values are what the contact has of what is tested, as it is compared.
func (t Test) values(kind space.Type, c contact.Contact) []string {
	var values []string
	add := func(text string) {
		if text != "" {
			values = append(values, text)
		}
	}
	switch t.Of {
	case "name":
		add(domain.Fold(c.Name()))
	case "tag":
		for _, tag := range c.Tags() {
			add(domain.Fold(tag))
		}
	case "created":
		add(c.Created.UTC().Format(space.TimeShape))
	case "last_interaction":
		if !c.LastInteraction.IsZero() {
			add(c.LastInteraction.UTC().Format(space.TimeShape))
		}
	default:
		text := c.Field(t.Of)
		switch kind {
		case space.MultiList:
			for _, option := range strings.Split(text, "\n") {
				add(option)
			}
		case space.Text:
			add(domain.Fold(text))
		default:
			add(text)
		}
	}
	return values
}

// Comparable is the value the test compares with, in the form of its kind.
func (t Test) Comparable(kind space.Type) string {
	switch kind {
	case space.Text:
		return domain.Fold(t.Value)
	case space.Time:
		at, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(t.Value))
		if err != nil {
			return ""
		}
		return at.UTC().Format(space.TimeShape)
	}
	text, _ := kind.Canonical(t.Value, []string{t.Value})
	return text
}

func compare(kind space.Type, a, b string) int {
	if kind != space.Number {
		return strings.Compare(a, b)
	}
	x, _ := new(big.Rat).SetString(a)
	y, _ := new(big.Rat).SetString(b)
	if x == nil || y == nil {
		return 0
	}
	return x.Cmp(y)
}
