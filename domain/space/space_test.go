package space_test

import (
	"testing"

	"skein/domain"
	"skein/domain/domaintest"
	"skein/domain/space"
)

var (
	decider = domaintest.For(space.Decide, space.Evolve, space.Facts)
	lab     = space.Created{Organization: "engines", Name: "Lab", Unique: []space.Identifier{space.Email, space.ExtID}}
)

func TestFacts(t *testing.T) { domaintest.Golden(t, space.Facts) }

// Identifiers are chosen when a space is created (C1-18); by default a contact is
// known by email, by id, or by both (C1-13).
func TestCreate(t *testing.T) {
	ask := func(name string, unique ...space.Identifier) space.Create {
		return space.Create{Organization: "engines", Name: name, Unique: unique}
	}
	decider.Given().When(ask(" Lab ")).Then(t, lab)
	decider.Given().When(ask("Lab", space.Phone, space.ExtID, space.Phone)).
		Then(t, space.Created{Organization: "engines", Name: "Lab", Unique: []space.Identifier{space.ExtID, space.Phone}})
	decider.Given(lab).When(ask("Lab")).Refused(t, code("space_exists"), "")
	decider.Given().When(ask("\t ")).Refused(t, code("space_name_invalid"), "/name") // C0-13
	decider.Given().When(ask("Lab", "shoe")).Refused(t, code("identifier_unknown"), "/identifiers")
	decider.Given().When(ask("Lab", space.Phone)).Refused(t, code("identifiers_missing"), "/identifiers")
}

func TestDefineField(t *testing.T) {
	size := space.DefineField{Key: "size", Label: "Size", Type: space.List, Options: []string{"small", "large"}}
	defined := space.FieldDefined(size)

	decider.Given(lab).When(size).Then(t, defined)
	decider.Given(lab, defined).When(size).Then(t)
	decider.Given(lab).When(space.DefineField{Key: "score", Type: space.Number}).Then(t, space.FieldDefined{Key: "score", Label: "score", Type: space.Number})
	decider.Given(lab, defined).When(space.DefineField{Key: "size", Type: space.Text}).Refused(t, code("field_exists"), "/key")
	decider.Given(lab).When(space.DefineField{Key: "email", Type: space.Text}).Refused(t, code("field_exists"), "/key")
	decider.Given(lab).When(space.DefineField{Key: "Size", Type: space.Text}).Refused(t, code("field_key_invalid"), "/key")
	decider.Given(lab).When(space.DefineField{Key: "size", Type: "colour"}).Refused(t, code("field_type_unknown"), "/type")
	decider.Given(lab).When(space.DefineField{Key: "size", Type: space.List}).Refused(t, code("field_options_invalid"), "/options")
	decider.Given(lab).When(space.DefineField{Key: "size", Type: space.Text, Options: []string{"a"}}).Refused(t, code("field_options_invalid"), "/options")
	decider.Given(lab).When(space.DefineField{Key: "a", Label: "x\x00y", Type: space.Text}).Refused(t, code("field_label_invalid"), "/label")
	decider.Given(lab).When(space.DefineField{Key: "a", Type: space.List, Options: []string{"a\x00"}}).Refused(t, code("field_options_invalid"), "/options")
	decider.Given(lab).When(space.DefineField{Key: "created", Type: space.Time}).Refused(t, code("field_exists"), "/key")
	decider.Given().When(size).Refused(t, space.ErrUnknown, "")
}

func TestAssign(t *testing.T) {
	in, out := space.UserAssigned{User: "ada", Role: space.Owner}, space.UserUnassigned{User: "ada"}

	decider.Given(lab).When(space.Assign{User: "ada", Role: space.Owner}).Then(t, in)
	decider.Given(lab, in).When(space.Assign{User: "ada", Role: space.Owner}).Then(t)
	decider.Given(lab, in).When(space.Assign{User: "ada", Role: space.Agent}).Then(t, space.UserAssigned{User: "ada", Role: space.Agent})
	decider.Given(lab, in).When(space.Unassign{User: "ada"}).Then(t, out)
	decider.Given(lab, in, out).When(space.Unassign{User: "ada"}).Then(t)
	decider.Given(lab).When(space.Assign{User: "ada@example.org", Role: space.Owner}).Refused(t, code("user_invalid"), "/user")
	decider.Given(lab).When(space.Assign{User: "ada", Role: "king"}).Refused(t, code("role_unknown"), "/role")
}

// Exporting and deleting can be withheld from managers, and from nobody else (C2-45, C2-54).
func TestRestrict(t *testing.T) {
	grace := space.Assign{User: "grace", Role: space.Manager, NoExport: true, NoDeletion: true}
	plain := space.Assign{User: "grace", Role: space.Manager}

	decider.Given(lab, space.UserAssigned(plain)).When(grace).Then(t, space.UserAssigned(grace))
	decider.Given(lab, space.UserAssigned(grace)).When(grace).Then(t)
	decider.Given(lab, space.UserAssigned(grace)).When(plain).Then(t, space.UserAssigned(plain))
	decider.Given(lab).When(space.Assign{User: "ada", Role: space.Owner, NoExport: true}).Refused(t, code("restriction_not_for_role"), "/no_export")
	decider.Given(lab).When(space.Assign{User: "ada", Role: space.Agent, NoDeletion: true}).Refused(t, code("restriction_not_for_role"), "/no_deletion")
}

// How values are kept: the same value is always written the same way.
func TestCanonical(t *testing.T) {
	options := []string{"small", "large"}
	for kind, values := range map[space.Type]map[string]string{
		space.Text:      {" Ada ": "Ada", "e\u0301": "é", "": ""},
		space.Number:    {"007.50": "7.5", "-0.0": "0", "12": "12", "-3.140": "-3.14", "1e3": "!", "1,5": "!", ".5": "!"},
		space.Date:      {"2024-02-29": "2024-02-29", "2023-02-29": "!", "29.2.2024": "!"},
		space.Time:      {"2026-01-05T10:00:00+01:00": "2026-01-05T09:00:00.000000Z", "yesterday": "!", "0001-01-01T00:00:00+10:00": "!", "9999-12-31T23:59:59-10:00": "!"},
		space.Checkbox:  {"true": "true", "yes": "!"},
		space.List:      {"small": "small", "tiny": "!"},
		space.MultiList: {"large\nsmall": "small\nlarge", "large": "large", "small\ntiny": "!"},
		space.URL:       {"https://example.org/a?b": "https://example.org/a?b", "ftp://example.org": "!", "javascript:alert(1)": "!"},
		space.EmailType: {"Ada@Example.ORG": "ada@example.org", "Ada <ada@example.org>": "!", "ada": "!", "ada@": "!"},
		space.PhoneType: {"+49 (30) 123-456": "+4930123456", "0049 30 123456": "+4930123456", "030 123456": "!", "+0123456": "!"},
		space.IDType:    {"Cust-7": "Cust-7", "cust-7": "cust-7"},
	} {
		for given, want := range values {
			got, err := kind.Canonical(given, options)
			if err != nil {
				got = "!"
			}
			if got != want {
				t.Errorf("%s %q is kept as %q, want %q", kind, given, got, want)
			}
			if again, err := kind.Canonical(got, options); got != "!" && (err != nil || again != got) {
				t.Errorf("%s %q kept again is %q, %v", kind, got, again, err)
			}
		}
	}
	if _, err := space.Text.Canonical("a\x00b", nil); err == nil {
		t.Error("a text with a NUL is kept, which Postgres cannot")
	}
}

func code(code string) error { return domain.Refuse(domain.Invalid, code, "") }
