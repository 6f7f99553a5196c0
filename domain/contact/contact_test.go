package contact_test

import (
	"slices"
	"testing"

	"skein/domain/contact"
	"skein/domain/domaintest"
	"skein/domain/space"
)

var (
	decider = domaintest.For(contact.Decide, contact.Evolve, contact.Facts)

	lab = space.Space{
		Name: "Lab", Created: domaintest.Monday, Unique: space.DefaultUnique,
		Fields: []space.Field{{Key: "score", Label: "Score", Type: space.Number}},
	}
	ada  = contact.Created{Origin: contact.ByHand, Says: map[contact.Slot]string{"first_name": "Ada", "email": "ada@example.org"}}
	lord = contact.Created{Origin: contact.ByHand, Says: map[contact.Slot]string{"first_name": "George", "#poet": "on"}}
)

func TestFacts(t *testing.T) { domaintest.Golden(t, contact.Facts) }

func TestCreate(t *testing.T) {
	ask := contact.Create{Space: lab, Origin: contact.ByHand, Fields: map[string]string{"first_name": " Ada ", "email": "Ada@Example.org", "last_name": ""}}

	decider.Given().When(ask).Then(t, ada)
	decider.Given(ada).When(ask).Refused(t, errCode("contact_exists"), "")
	decider.Given().When(contact.Create{}).Refused(t, space.ErrUnknown, "")
	decider.Given().When(contact.Create{Space: lab}).Refused(t, errCode("contact_empty"), "/fields")
	decider.Given().When(contact.Create{Space: lab, Fields: map[string]string{"shoe": "39"}}).Refused(t, errCode("field_unknown"), "/fields/shoe")
	decider.Given().When(contact.Create{Space: lab, Fields: map[string]string{"score": "1e9"}}).Refused(t, errCode("value_invalid"), "/fields/score")
	decider.Given().When(contact.Create{Space: lab, Fields: map[string]string{"phone": "030 123"}}).Refused(t, errCode("value_invalid"), "/fields/phone")
	decider.Given().When(contact.Create{Space: lab, Tags: []string{"a\nb"}}).Refused(t, errCode("tag_invalid"), "/tags")
}

// Where an email address can belong to several contacts, it is not enough (C1-17).
func TestCreateWithSharedEmail(t *testing.T) {
	family := lab
	family.Unique = []space.Identifier{space.ExtID}
	alone := contact.Create{Space: family, Origin: contact.ByHand, Fields: map[string]string{"email": "us@example.org"}}

	decider.Given().When(alone).Refused(t, errCode("identifier_missing"), "/fields")
	alone.Fields["external_id"] = "Cust-7"
	decider.Given().When(alone).Then(t, contact.Created{
		Origin: contact.ByHand, Says: map[contact.Slot]string{"email": "us@example.org", "external_id": "Cust-7"},
	})
}

func TestEdit(t *testing.T) {
	decider.Given(ada).When(contact.Edit{Space: lab, Fields: map[string]string{"score": "007.50", "email": ""}, Tag: []string{"vip"}, Untag: []string{"poet"}}).
		Then(t, contact.Edited{Says: map[contact.Slot]string{"score": "7.5", "email": "", "#vip": "on", "#poet": ""}})
	decider.Given(ada).When(contact.Edit{Space: lab}).Then(t)
	decider.Given().When(contact.Edit{Space: lab}).Refused(t, contact.ErrUnknown, "")
	decider.Given(ada, contact.Deleted{}).When(contact.Edit{Space: lab}).Refused(t, contact.ErrDeleted, "")
	decider.Given(lord, contact.Merged{Survivor: "ada"}).When(contact.Edit{Space: lab}).Refused(t, contact.ErrMerged, "")
}

// A merge is refused for the same contact and for deleted or absorbed ones (C2-69, D1-1).
func TestAbsorb(t *testing.T) {
	ask := contact.Absorb{Self: "lord", Into: "ada", Survivor: decider.Given(ada).State(t), Space: lab}
	merged := contact.Merged{Survivor: "ada"}

	decider.Given(lord).When(ask).Then(t, merged)
	decider.Given(lord, merged).When(ask).Then(t) // asked again (D1-4)
	decider.Given().When(ask).Refused(t, contact.ErrUnknown, "")
	decider.Given(lord, contact.Deleted{}).When(ask).Refused(t, contact.ErrDeleted, "")
	decider.Given(lord, contact.Merged{Survivor: "eve"}).When(ask).Refused(t, contact.ErrMerged, "")

	itself := ask
	itself.Self = "ada"
	decider.Given(ada).When(itself).Refused(t, errCode("contact_is_itself"), "")
	ask.Choices = map[string]contact.Choice{"first_name": "mine"}
	decider.Given(lord).When(ask).Refused(t, errCode("choice_unknown"), "/choices/first_name")
	ask.Choices = map[string]contact.Choice{"shoe": contact.Survivors}
	decider.Given(lord).When(ask).Refused(t, errCode("field_unknown"), "/choices/shoe")

	ask.Choices, ask.Reason = nil, "one\nor two"
	decider.Given(lord).When(ask).Refused(t, errCode("reason_invalid"), "/reason")
	ask.Reason = " The same person. "
	decider.Given(lord).When(ask).Then(t, contact.Merged{Survivor: "ada", Reason: "The same person."}) // C2-80

	for _, gone := range []contact.Event{contact.Deleted{}, contact.Merged{Survivor: "eve"}} {
		state := decider.Given(ada, gone).State(t)
		decider.Given(lord).When(contact.Absorb{Self: "lord", Into: "ada", Survivor: state, Space: lab}).Refused(t, state.Standing(), "")
	}
	decider.Given(lord).When(contact.Absorb{Self: "lord", Into: "ada", Space: lab}).Refused(t, errCode("survivor_unknown"), "")
}

// Where both have a value that names one contact only, one has to be chosen (D1-7); what
// was decided on goes into the event, and so does the rule of each field as it is (D1-9).
func TestAbsorbDecidesOnce(t *testing.T) {
	ruled := lab
	ruled.Fields = append(slices.Clip(lab.Fields), space.Field{Key: "teas", Type: space.MultiList}, space.Field{Key: "points", Type: space.Number, Merge: space.Sum})
	ask := contact.Absorb{
		ID: "m", Self: "lord", Into: "ada", Survivor: decider.Given(ada).State(t), Space: ruled,
		Seen: map[contact.ID]uint64{"ada": 1, "lord": 1}, Clash: []string{"email", "external_id"},
	}
	decider.Given(lord).When(ask).Refused(t, contact.ErrChoose, "/choices/email")
	ask.Choices = map[string]contact.Choice{"email": contact.Survivors}
	decider.Given(lord).When(ask).Refused(t, contact.ErrChoose, "/choices/external_id")
	ask.Choices = map[string]contact.Choice{"email": contact.Survivors, "external_id": contact.Neithers}
	decider.Given(lord).When(ask).Then(t, contact.Merged{
		ID: "m", Survivor: "ada", Choices: ask.Choices, Seen: ask.Seen,
		Rules: map[string]space.Rule{"teas": space.Union, "points": space.Sum},
	})
}

// Two contacts clash over what names one of them only, if both have it and it differs (D1-7).
func TestClash(t *testing.T) {
	told := func(says map[contact.Slot]string) contact.Contact {
		return decider.Given(contact.Created{Says: says}).State(t)
	}
	one := told(map[contact.Slot]string{"email": "a@example.org", "external_id": "1", "phone": "+4930123456"})
	other := told(map[contact.Slot]string{"email": "b@example.org", "external_id": "2", "phone": "+4930123457"})
	half := told(map[contact.Slot]string{"email": "a@example.org"})
	named := space.Space{Unique: []space.Identifier{space.ExtID, space.Email}}
	for _, c := range []struct {
		a, b contact.Contact
		want []string
	}{{one, other, []string{"email", "external_id"}}, {one, half, nil}, {half, other, []string{"email"}}, {one, contact.Contact{}, nil}} {
		if got := contact.Clash(named, c.a, c.b); !slices.Equal(got, c.want) {
			t.Errorf("clash over %q, want %q", got, c.want)
		}
	}
}

func TestUnmerge(t *testing.T) {
	merged, unmerged := contact.Merged{Survivor: "ada"}, contact.Unmerged{Survivor: "ada"}

	decider.Given(lord, merged).When(contact.Unmerge{}).Then(t, unmerged)
	decider.Given(lord, merged, unmerged).When(contact.Unmerge{}).Then(t) // reversed already (D2-1)
	decider.Given(lord).When(contact.Unmerge{}).Refused(t, errCode("contact_not_merged"), "")
	decider.Given().When(contact.Unmerge{}).Refused(t, contact.ErrUnknown, "")
}

// C2-10: name, or else phone, or else email, or else unknown.
func TestName(t *testing.T) {
	for want, says := range map[string]map[contact.Slot]string{
		"Ada Lovelace":    {"first_name": "Ada", "last_name": "Lovelace", "phone": "+4930123456"},
		"Lovelace":        {"last_name": "Lovelace"},
		"+4930123456":     {"phone": "+4930123456", "email": "ada@example.org"},
		"ada@example.org": {"email": "ada@example.org"},
		"unknown":         {"#vip": "on"},
	} {
		if got := decider.Given(contact.Created{Says: says}).State(t).Name(); got != want {
			t.Errorf("%v is shown as %q, want %q", says, got, want)
		}
	}
}
