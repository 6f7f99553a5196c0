package space_test

import (
	"testing"

	"skein/domain/space"
)

// An edit says only what changes, in one event (C0-26).
func TestEdit(t *testing.T) {
	ada := space.Assign{User: "ada", Role: space.Owner}
	eve := space.Assign{User: "eve", Role: space.Manager}
	held := space.Assign{User: "eve", Role: space.Manager, NoExport: true}
	limit := space.Limit{On: true, AtMost: 7}
	staffed := []space.Event{lab, space.UserAssigned(ada), space.UserAssigned(eve)}
	all := space.Edit{Name: new(" Den "), Users: []space.Assign{held}, Limit: &limit, WhiteLabel: true}
	edited := space.Edited{Name: "Den", Assigned: []space.Assign{held}, Unassigned: []space.UserID{"ada"}, Limit: &limit}

	decider.Given(staffed...).When(all).Then(t, edited)
	decider.Given(append(staffed, edited)...).When(all).Then(t)
	decider.Given(staffed...).When(space.Edit{}).Then(t)
	decider.Given(staffed...).When(space.Edit{Users: []space.Assign{}}).Then(t, space.Edited{Unassigned: []space.UserID{"ada", "eve"}})
	decider.Given(staffed...).When(space.Edit{Name: new("\t")}).Refused(t, code("space_name_invalid"), "/name") // C0-13
	decider.Given(staffed...).When(space.Edit{Users: []space.Assign{eve, {User: "x", Role: "king"}}}).Refused(t, code("role_unknown"), "/users/1/role")
	decider.Given(staffed...).When(space.Edit{Users: []space.Assign{eve, ada, held}}).Refused(t, code("user_named_twice"), "/users/2/user")
	decider.Given().When(all).Refused(t, space.ErrUnknown, "")
}

// A limit is a switch and a number (C0-21), for organizations with the module
// white_label only (C0-20).
func TestLimit(t *testing.T) {
	ask := func(on bool, most int) space.Edit {
		return space.Edit{Limit: &space.Limit{On: on, AtMost: most}, WhiteLabel: true}
	}
	set := space.Edited{Limit: &space.Limit{On: true, AtMost: 7}}

	decider.Given(lab).When(ask(true, 7)).Then(t, set)
	decider.Given(lab, set).When(ask(false, 7)).Then(t, space.Edited{Limit: &space.Limit{AtMost: 7}})
	decider.Given(lab).When(ask(false, 0)).Then(t)
	decider.Given(lab).When(ask(true, -1)).Refused(t, code("contact_limit_invalid"), "/contact_limit/at_most")
	decider.Given(lab).When(ask(true, 1_000_000_001)).Refused(t, code("contact_limit_invalid"), "/contact_limit/at_most")
	decider.Given(lab).When(space.Edit{Limit: &space.Limit{}}).Refused(t, code("white_label_missing"), "/contact_limit")
}
