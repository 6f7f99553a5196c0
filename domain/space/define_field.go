package space

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"skein/domain"
)

// Field is something contacts of a space can have a value of, beyond what all
// contacts have.
type Field struct {
	Key     string   `json:"key"`   // for programs, for ever: lower case letters, digits and underscores
	Label   string   `json:"label"` // for people
	Type    Type     `json:"type"`
	Options []string `json:"options,omitempty"` // what a list offers
	Merge   Rule     `json:"merge,omitempty"`   // what becomes of two values in a merge; empty: that of its type
}

// DefineField adds a custom field to a space (C2-37).
type DefineField Field

// Reserved are the words that filters use for what is no field.
var Reserved = []string{"name", "tag", "created", "last_interaction"}

// MaxFields bounds how many custom fields a space has.
const MaxFields = 300

var (
	keyShape = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

	errKey     = domain.Refuse(domain.Invalid, "field_key_invalid", "A field's key starts with a lower case letter and has at most 63 lower case letters, digits and underscores.")
	errTaken   = domain.Refuse(domain.Conflict, "field_exists", "A field with this key exists already, or the key is a word that filters need. Choose another key.")
	errLabel   = domain.Refuse(domain.Invalid, "field_label_invalid", "A field's label has 1 to 100 characters on one line.")
	errType    = domain.Refuse(domain.Invalid, "field_type_unknown", "A field is a text, number, date, time, checkbox, list, multi_list, url, email or phone.")
	errRule    = domain.Refuse(domain.Invalid, "field_rule_invalid", "Fields of this type cannot be merged by this rule. Numbers have keep, newest, sum, max and min; dates and times keep, newest, max and min; checkboxes keep, newest, any and all; multi lists keep, newest and union; the rest keep and newest.")
	errOptions = domain.Refuse(domain.Invalid, "field_options_invalid", "A list has 1 to 500 options of 1 to 200 characters on one line, all different; other fields have none.")
	errFull    = domain.Refuse(domain.Conflict, "fields_full", "The space has as many custom fields as a space can have (300).")
)

func (cmd DefineField) decide(s Space) ([]Event, error) {
	if err := s.Known(); err != nil {
		return nil, err
	}
	label, fit := domain.Line(cmp.Or(strings.TrimSpace(cmd.Label), cmd.Key), 100)
	cmd.Label = label
	_, standard := Standard[cmd.Key]
	standard = standard || slices.Contains(Reserved, cmd.Key)
	switch {
	case !keyShape.MatchString(cmd.Key):
		return nil, errKey.Where("/key")
	case !slices.Contains(Types, cmd.Type):
		return nil, errType.Where("/type")
	case !fit:
		return nil, errLabel.Where("/label")
	case !cmd.optionsFit():
		return nil, errOptions.Where("/options")
	case cmd.Merge != "" && !cmd.Merge.fits(cmd.Type):
		return nil, errRule.Where("/merge")
	case standard:
		return nil, errTaken.Where("/key")
	}
	if f, defined := s.Field(cmd.Key); defined {
		if f.Type == cmd.Type && f.Label == cmd.Label && f.Merge == cmd.Merge && slices.Equal(f.Options, cmd.Options) {
			return nil, nil
		}
		return nil, errTaken.Where("/key")
	}
	if len(s.Fields) >= MaxFields {
		return nil, errFull
	}
	return []Event{FieldDefined(cmd)}, nil
}

func (cmd DefineField) optionsFit() bool {
	if cmd.Type != List && cmd.Type != MultiList {
		return len(cmd.Options) == 0
	}
	seen := map[string]bool{}
	for _, o := range cmd.Options {
		if kept, fit := domain.Line(o, 200); !fit || kept != o || seen[o] {
			return false
		}
		seen[o] = true
	}
	return len(seen) >= 1 && len(seen) <= 500
}

// FieldDefined tells that contacts of a space can have a value of one more field.
type FieldDefined Field

// Kind implements domain.Event.
func (FieldDefined) Kind() string { return "space.field_defined" }

func (e FieldDefined) evolve(s Space, _ domain.Moment) Space {
	s.Fields = append(slices.Clip(s.Fields), Field(e))
	return s
}
