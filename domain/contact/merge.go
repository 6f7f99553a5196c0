package contact

import (
	"maps"
	"slices"

	"skein/domain"
	"skein/domain/space"
)

// Absorb merges a contact into another one, its survivor. It is asked of the
// one that is absorbed, and it is one fact however much either has been through.
type Absorb struct {
	ID       MergeID
	Self     ID
	Into     ID
	Survivor Contact // as it stands
	Space    space.Space
	Clash    []string          // fields that name one contact only, of which both have a value (see [Clash])
	Choices  map[string]Choice // by field; where nothing is chosen the field's rule decides, or else the survivor's value stays and the absorbed one's fills in
	Seen     map[ID]uint64     // how long the histories were that this was decided on; none: whatever they have come to
	Batch    MergeID           // of the merges that were asked for at once, if it is one of them
	Reason   string            // what people say why, on one line; empty: nothing
}

// MergeID identifies a merge, or a batch of them, for ever.
type MergeID string

// Choice is whose value of a field a merge keeps (C2-60).
type Choice string

const (
	Survivors Choice = "survivor"
	Absorbeds Choice = "absorbed"
	Neithers  Choice = "cleared" // nobody's, which differs from choosing nothing (D1-8)
)

var (
	errItself   = domain.Refuse(domain.Invalid, "contact_is_itself", "A contact cannot be merged into itself. Name two different contacts.")
	errSurvivor = domain.Refuse(domain.Missing, "survivor_unknown", "There is no contact in this space for the other one to be merged into.")
	errChoice   = domain.Refuse(domain.Invalid, "choice_unknown", "A field's value is chosen as survivor, absorbed or cleared.")
	errReason   = domain.Refuse(domain.Invalid, "reason_invalid", "A reason has at most 200 characters, on one line.")
)

// ErrChoose refuses a merge of two contacts that both have a value of an identifier:
// which one stays has to be said. The other one leads to the merged contact too (D1-7).
var ErrChoose = domain.Refuse(domain.Conflict, "choice_missing", "Both contacts have a value that names one contact only. Choose one for this field: survivor, absorbed or cleared. The others go on leading to the merged contact.")

func (cmd Absorb) decide(c Contact) ([]Event, error) {
	switch {
	case cmd.Self == cmd.Into:
		return nil, errItself
	case c.Created.IsZero():
		return nil, ErrUnknown
	case cmd.Survivor.Created.IsZero():
		return nil, errSurvivor
	}
	if err := cmd.Survivor.Standing(); err != nil {
		return nil, err
	}
	if c.Merge.Into == cmd.Into && maps.Equal(c.Merge.Choices, cmd.Choices) {
		return nil, nil
	}
	if err := c.Standing(); err != nil {
		return nil, err
	}
	for field, choice := range cmd.Choices {
		at := domain.PointerTo("/choices", field)
		if _, custom := cmd.Space.Field(field); space.Standard[field] == "" && !custom {
			return nil, errField.Where(at).Naming("field", field)
		}
		if choice != Survivors && choice != Absorbeds && choice != Neithers {
			return nil, errChoice.Where(at)
		}
	}
	for _, field := range cmd.Clash {
		if _, chosen := cmd.Choices[field]; !chosen {
			return nil, ErrChoose.Where(domain.PointerTo("/choices", field)).Naming("field", field)
		}
	}
	reason, err := reasoned(cmd.Reason)
	if err != nil {
		return nil, err
	}
	return []Event{Merged{cmd.ID, cmd.Into, cmd.Choices, cmd.Space.Rules(), cmd.Seen, cmd.Batch, reason}}, nil
}

// reasoned is what people say why they merge, or undo a merge, as it is kept.
func reasoned(text string) (string, error) {
	kept, fit := domain.Line(text, 200)
	if !fit && text != "" {
		return "", errReason.Where("/reason")
	}
	return kept, nil
}

// Clash are the fields that name one contact only in a space and of which two contacts,
// as they are told, have different values.
func Clash(in space.Space, one, other Contact) (fields []string) {
	for _, i := range in.Unique {
		a, b := one.Field(string(i)), other.Field(string(i))
		if a != "" && b != "" && a != b {
			fields = append(fields, string(i))
		}
	}
	slices.Sort(fields)
	return fields
}

// Merged tells that a contact is from now on a part of its survivor.
type Merged struct {
	ID       MergeID               `json:"id,omitempty"`
	Survivor ID                    `json:"survivor"`
	Choices  map[string]Choice     `json:"choices,omitempty"`
	Rules    map[string]space.Rule `json:"rules,omitempty"` // of the space's own fields, as they were
	Seen     map[ID]uint64         `json:"seen,omitempty"`  // void if one of these histories was longer by then
	Batch    MergeID               `json:"batch,omitempty"`
	Reason   string                `json:"reason,omitempty"` // what people said why
}

// Kind implements domain.Event.
func (Merged) Kind() string { return "contact.merged" }

func (e Merged) evolve(c Contact, m domain.Moment) Contact {
	c.Merge = Merge{e.ID, e.Survivor, e.Choices, e.Rules, e.Seen, e.Batch, m.Position, nil}
	return c
}

// redacted leaves of the choices those of fields: the others name tags and identities, of
// the survivor too (see [Remerge]).
func (e Merged) redacted(r Redaction) Event {
	if r.Own {
		e.Reason = ""
	}
	e.Choices = maps.Clone(e.Choices)
	maps.DeleteFunc(e.Choices, func(slot string, _ Choice) bool {
		_, field := Slot(slot).Field()
		return !field && (r.Own || r.Unnamed(e.Survivor, Slot(slot)))
	})
	return e
}

// Merge is how an absorbed contact became part of its survivor.
type Merge struct {
	ID      MergeID               `json:"id,omitempty"`
	Into    ID                    `json:"into"`
	Choices map[string]Choice     `json:"choices,omitempty"`
	Rules   map[string]space.Rule `json:"rules,omitempty"`
	Seen    map[ID]uint64         `json:"seen,omitempty"`
	Batch   MergeID               `json:"batch,omitempty"`
	At      domain.Position       `json:"at"`
	Before  []domain.Position     `json:"before,omitempty"` // where it was into others who went alone since, the last one first
}

// rule is the rule by which the values of a field were merged.
func (m Merge) rule(field string) space.Rule {
	if rule, said := m.Rules[field]; said {
		return rule
	}
	return space.StandardRule(field)
}
