package organization_test

import (
	"testing"

	"skein/domain"
	"skein/domain/domaintest"
	"skein/domain/organization"
)

var (
	decider = domaintest.For(organization.Decide, organization.Evolve, organization.Facts)
	engines = organization.Founded{Name: "Engines"}
)

func TestFacts(t *testing.T) { domaintest.Golden(t, organization.Facts) }

func TestFound(t *testing.T) {
	decider.Given().When(organization.Found{Name: " Engines "}).Then(t, engines)
	decider.Given(engines).When(organization.Found{Name: "Engines"}).Refused(t, code("organization_exists"), "")
	decider.Given().When(organization.Found{}).Refused(t, code("organization_name_missing"), "/name")
}

// No two spaces of an organization go by the same name, in whatever case (C0-13).
func TestOpenSpace(t *testing.T) {
	opened := organization.SpaceOpened{Space: "1", Name: "Lab"}

	decider.Given(engines).When(organization.OpenSpace{ID: "1", Name: "Lab"}).Then(t, opened)
	decider.Given(engines, opened).When(organization.OpenSpace{ID: "1", Name: "Lab"}).Then(t)
	decider.Given(engines, opened).When(organization.OpenSpace{ID: "2", Name: "LAB"}).Refused(t, code("space_name_taken"), "/name")
	decider.Given(engines).When(organization.OpenSpace{ID: "1", Name: "a\nb"}).Refused(t, code("space_name_invalid"), "/name")
	decider.Given().When(organization.OpenSpace{ID: "1", Name: "Lab"}).Refused(t, organization.ErrUnknown, "")
}

func code(code string) error { return domain.Refuse(domain.Invalid, code, "") }
