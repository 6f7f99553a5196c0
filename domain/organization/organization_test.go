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

// Changing the plan destroys nothing, and what exceeds it cannot grow (C0-12, C4).
func TestPlan(t *testing.T) {
	business := organization.PlanChanged{Plan: organization.Business}
	free := organization.PlanChanged{Plan: organization.Free}
	first := organization.SpaceOpened{Space: "1", Name: "Lab"}
	pro := []organization.Event{engines, organization.PlanChanged{Plan: organization.LegacyPro}}
	for i := range 4 {
		pro = append(pro, organization.SpaceOpened{Space: organization.SpaceID(rune('1' + i)), Name: string(rune('a' + i))})
	}
	fifth := organization.OpenSpace{ID: "5", Name: named("e")}

	decider.Given(engines).When(organization.ChangePlan{Plan: "business"}).Then(t, business)
	decider.Given(engines, business).When(organization.ChangePlan{Plan: "business"}).Then(t)
	decider.Given(engines).When(organization.ChangePlan{Plan: "gold"}).Refused(t, code("plan_unknown"), "/plan")
	decider.Given(pro...).When(fifth).Then(t, organization.SpaceOpened{Space: "5", Mark: "#e"})
	decider.Given(append(pro, organization.SpaceOpened{Space: "5", Name: "e"})...).When(organization.OpenSpace{ID: "6", Name: named("f")}).Refused(t, code("space_limit_reached"), "")
	decider.Given(engines, first, free).When(organization.OpenSpace{ID: "2", Name: named("Den")}).Refused(t, organization.ErrNoSpaces, "")
	decider.Given(engines, first, free, business).When(organization.OpenSpace{ID: "2", Name: named("Den")}).Then(t, organization.SpaceOpened{Space: "2", Mark: "#den"})
}

func TestSwitchModule(t *testing.T) {
	on, off := organization.ModuleSwitched{Module: organization.WhiteLabel, On: true}, organization.ModuleSwitched{Module: organization.WhiteLabel}

	decider.Given(engines).When(organization.SwitchModule{Module: "white_label", On: true}).Then(t, on)
	decider.Given(engines, on).When(organization.SwitchModule{Module: "white_label", On: true}).Then(t)
	decider.Given(engines, on).When(organization.SwitchModule{Module: "white_label"}).Then(t, off)
	decider.Given(engines).When(organization.SwitchModule{Module: "gold", On: true}).Refused(t, code("module_unknown"), "/module")
}

// An organization always keeps somebody who can administer it.
func TestMembers(t *testing.T) {
	ada := organization.MemberJoined{User: "ada", Role: organization.Admin}
	eve := organization.MemberJoined{User: "eve", Role: organization.Admin}

	decider.Given(engines).When(organization.Join{User: "ada", Role: organization.Admin}).Then(t, ada)
	decider.Given(engines, ada).When(organization.Join{User: "ada", Role: organization.Admin}).Then(t)
	decider.Given(engines, ada).When(organization.Join{User: "ada", Role: organization.Plain}).Refused(t, code("last_administrator"), "/role")
	decider.Given(engines, ada).When(organization.Leave{User: "ada"}).Refused(t, code("last_administrator"), "")
	decider.Given(engines, ada, eve).When(organization.Leave{User: "ada"}).Then(t, organization.MemberLeft{User: "ada"})
	decider.Given(engines, ada).When(organization.Leave{User: "eve"}).Then(t)
	decider.Given(engines).When(organization.Join{User: "eve@example.org", Role: organization.Admin}).Refused(t, code("user_invalid"), "/user")
	decider.Given(engines).When(organization.Join{User: "eve", Role: "king"}).Refused(t, code("role_unknown"), "/role")
}

func code(code string) error { return domain.Refuse(domain.Invalid, code, "") }
