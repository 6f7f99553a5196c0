package space

import "slices"

// Rule says what becomes of two values of a field when their contacts are merged and
// nobody chose (D1-9). Where only one of them has a value, it is that one.
type Rule string

const (
	Kept   Rule = "keep"   // the survivor's
	Newest Rule = "newest" // the one that was said last
	Sum    Rule = "sum"
	Max    Rule = "max"   // of dates and times the latest
	Min    Rule = "min"   // of dates and times the earliest
	Any    Rule = "any"   // checked if one of them is, for what restricts
	All    Rule = "all"   // checked if both are, for what allows
	Union  Rule = "union" // all that the two have, the survivor's first
)

// StandardRule is the rule of a standard field: who blocked or opted out stays so, and
// the legal basis that was said last counts. It is for ever, for it is told of merges
// that were recorded long ago.
func StandardRule(key string) Rule {
	switch key {
	case "blocked", "opted_out":
		return Any
	case "legal_basis":
		return Newest
	}
	return Kept
}

var ruled = map[Rule][]Type{
	Kept: Types, Newest: Types,
	Sum: {Number}, Max: {Number, Date, Time}, Min: {Number, Date, Time},
	Any: {Checkbox}, All: {Checkbox}, Union: {MultiList},
}

// fits reports whether values of a type can be merged by the rule.
func (r Rule) fits(t Type) bool { return slices.Contains(ruled[r], t) }

// Rules are the rules by which values of the space's own fields are merged, but for
// those that keep the survivor's.
func (s Space) Rules() map[string]Rule {
	rules := map[string]Rule{}
	for _, f := range s.Fields {
		rule := f.Merge
		if rule == "" && f.Type == MultiList {
			rule = Union
		}
		if rule != "" && rule != Kept {
			rules[f.Key] = rule
		}
	}
	return rules
}
