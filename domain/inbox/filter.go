package inbox

import (
	"fmt"
	"slices"

	"skein/domain"
	"skein/domain/space"
)

// Filter says which contacts are shown. At most one of its fields is set; the
// zero Filter shows all. For instance, those from Berlin that are no customers:
//
//	Filter{All: []Filter{
//		{Test: &Test{Of: "city", How: Is, Value: "Berlin"}},
//		{Not: &Filter{Test: &Test{Of: "tag", How: Is, Value: "customer"}}},
//	}}
//
// There is no third answer: a test of something the contact does not have fails,
// and so its opposite holds. "is_not", "contains_not" and the like show contacts
// without a value, and Not follows De Morgan (D3-1).
type Filter struct {
	All  []Filter `json:"all,omitempty"`
	Any  []Filter `json:"any,omitempty"`
	Not  *Filter  `json:"not,omitempty"`
	Test *Test    `json:"test,omitempty"`
}

// Test compares one thing about a contact with a value.
type Test struct {
	// Of is what is tested: a field by its key, or one of "name", "tag",
	// "created" and "last_interaction".
	Of    string `json:"of"`
	How   How    `json:"how"`
	Value string `json:"value,omitempty"`
}

// How is how something is tested. Texts are compared folded (see [domain.Fold]).
type How string

const (
	Is          How = "is"
	IsNot       How = "is_not"
	Contains    How = "contains"
	ContainsNot How = "contains_not"
	StartsWith  How = "starts_with"
	Above       How = "above"    // greater than, or later than
	AtLeast     How = "at_least" // and the same
	Below       How = "below"    // less than, or earlier than
	AtMost      How = "at_most"
	HasValue    How = "has_value"
	HasNone     How = "has_none"
)

// Bounds of a filter.
const (
	MaxDepth = 12  // of parts within parts
	MaxParts = 500 // tests and groups together
)

var (
	errAmbiguous = domain.Refuse(domain.Invalid, "filter_ambiguous", "Each part of a filter says one thing: all, any, not or test.")
	errNothing   = domain.Refuse(domain.Invalid, "filter_any_empty", "Any of nothing shows nobody. Name at least one part.")
	errDeep      = domain.Refuse(domain.Invalid, "filter_too_deep", fmt.Sprintf("A filter is nested at most %d deep.", MaxDepth))
	errLarge     = domain.Refuse(domain.Invalid, "filter_too_large", fmt.Sprintf("A filter has at most %d parts: tests and groups together.", MaxParts))
	errOf        = domain.Refuse(domain.Invalid, "filter_field_unknown", "The filter tests a field that contacts of this space do not have.")
	errHow       = domain.Refuse(domain.Invalid, "filter_test_unknown", "This cannot be tested that way.")
	errValue     = domain.Refuse(domain.Invalid, "filter_value_invalid", "The value is not one that can be compared with.")
)

// Check refuses filters that cannot be read one way only in the space. The
// refusal points to the part at fault, below the pointer at.
func (f Filter) Check(in space.Space, at string) error {
	if f.parts() > MaxParts {
		return errLarge.Where(at)
	}
	return f.check(in, at, MaxDepth)
}

func (f Filter) check(in space.Space, at string, depth int) error {
	said := 0
	for _, is := range []bool{f.All != nil, f.Any != nil, f.Not != nil, f.Test != nil} {
		if is {
			said++
		}
	}
	switch {
	case said > 1:
		return errAmbiguous.Where(at)
	case depth == 0:
		return errDeep.Where(at)
	case f.Any != nil && len(f.Any) == 0:
		return errNothing.Where(at + "/any")
	case f.Test != nil:
		return f.Test.check(in, at+"/test")
	case f.Not != nil:
		return f.Not.check(in, at+"/not", depth-1)
	}
	for i, part := range f.All {
		if err := part.check(in, fmt.Sprintf("%s/all/%d", at, i), depth-1); err != nil {
			return err
		}
	}
	for i, part := range f.Any {
		if err := part.check(in, fmt.Sprintf("%s/any/%d", at, i), depth-1); err != nil {
			return err
		}
	}
	return nil
}

// parts is how many parts the filter has, itself among them.
func (f Filter) parts() int {
	n := 1
	if f.Not != nil {
		n += f.Not.parts()
	}
	for _, part := range slices.Concat(f.All, f.Any) {
		n += part.parts()
	}
	return n
}

// tests reports whether the filter tests anything at all.
func (f Filter) tests() bool {
	return f.Test != nil || f.Not != nil && f.Not.tests() || slices.ContainsFunc(slices.Concat(f.All, f.Any), Filter.tests)
}

// ways are the tests a type can be put to.
var ways = map[space.Type][]How{
	space.Text:      {Is, IsNot, Contains, ContainsNot, StartsWith, HasValue, HasNone},
	space.Number:    {Is, IsNot, Above, AtLeast, Below, AtMost, HasValue, HasNone},
	space.Date:      {Is, IsNot, Above, AtLeast, Below, AtMost, HasValue, HasNone},
	space.Time:      {Above, AtLeast, Below, AtMost, HasValue, HasNone},
	space.Checkbox:  {Is, IsNot, HasValue, HasNone},
	space.List:      {Is, IsNot, HasValue, HasNone},
	space.MultiList: {Is, IsNot, HasValue, HasNone}, // is: has the option
}

// Type is what is compared: the type of what the test is of, or "" when contacts
// of the space have no such thing.
func (t Test) Type(in space.Space) space.Type {
	switch t.Of {
	case "name", "tag":
		return space.Text
	case "created", "last_interaction":
		return space.Time
	}
	kind := space.Standard[t.Of]
	if f, custom := in.Field(t.Of); custom {
		kind = f.Type
	}
	switch kind {
	case space.URL, space.EmailType, space.PhoneType, space.IDType:
		return space.Text
	}
	return kind
}

func (t Test) check(in space.Space, at string) error {
	kind := t.Type(in)
	switch {
	case kind == "":
		return errOf.Where(at+"/of").Naming("field", t.Of)
	case !slices.Contains(ways[kind], t.How):
		return errHow.Where(at+"/how").Naming("field_type", string(kind))
	case (t.How == HasValue || t.How == HasNone) && t.Value != "":
		return errValue.Where(at + "/value").Saying("A test with has_value or has_none takes no value.")
	case t.How == HasValue || t.How == HasNone:
		return nil
	}
	compared := kind
	if kind == space.List || kind == space.MultiList {
		compared = space.Text // an option that is no more matches nobody
	}
	text, err := compared.Canonical(t.Value, nil)
	if err != nil {
		return errValue.Where(at + "/value").Saying("The value " + err.Error() + ".")
	}
	if text == "" || kind == space.Text && domain.Fold(text) == "" {
		return errValue.Where(at + "/value").Saying("Name a value, or test with has_value or has_none.")
	}
	return nil
}
