package organization_test

import (
	"testing"

	"skein/domain/organization"
)

// A space is deleted only by its name, and with it go its place in the plan and its
// name; its id is never given to another one (C0-30, C0-31, D5-1). The last one may
// go as well (C0-32).
func TestDeleteSpace(t *testing.T) {
	opened := organization.SpaceOpened{Space: "1", Mark: "#lab"}
	deleted := organization.SpaceDeleted{Space: "1"}
	named := organization.DeleteSpace{Space: "1", Name: "Lab", Confirm: "Lab"}
	again := organization.OpenSpace{ID: "2", Name: organization.SpaceNamed{Name: "lab", Mark: "#lab"}}
	free := organization.PlanChanged{Plan: organization.LegacyPro}
	full := []organization.Event{engines, free, opened}
	for _, id := range []organization.SpaceID{"a", "b", "c", "d"} {
		full = append(full, organization.SpaceOpened{Space: id, Mark: string(id)})
	}

	decider.Given(engines, opened).When(named).Then(t, deleted)
	for _, confirm := range []string{"", "lab", "Lab ", "1"} {
		decider.Given(engines, opened).When(organization.DeleteSpace{Space: "1", Name: "Lab", Confirm: confirm}).Refused(t, code("deletion_unconfirmed"), "/confirm")
	}
	decider.Given(engines, opened, deleted).When(named).Refused(t, organization.ErrSpaceUnknown, "")
	decider.Given(engines).When(named).Refused(t, organization.ErrSpaceUnknown, "")
	decider.Given().When(named).Refused(t, organization.ErrUnknown, "")
	decider.Given(full...).When(again).Refused(t, code("space_limit_reached"), "")
	decider.Given(append(full, deleted)...).When(again).Then(t, organization.SpaceOpened{Space: "2", Mark: "#lab"})
	decider.Given(engines, opened, deleted).When(organization.OpenSpace{ID: "1", Name: again.Name}).Refused(t, organization.ErrSpaceUnknown, "")
}

// What is left of a deleted space is destroyed once.
func TestNoteDestroyed(t *testing.T) {
	opened, deleted := organization.SpaceOpened{Space: "1", Mark: "#lab"}, organization.SpaceDeleted{Space: "1"}
	destroyed := organization.SpaceDestroyed{Space: "1", Streams: 3}

	decider.Given(engines, opened, deleted).When(organization.NoteDestroyed{Space: "1", Streams: 3}).Then(t, destroyed)
	decider.Given(engines, opened, deleted, destroyed).When(organization.NoteDestroyed{Space: "1", Streams: 4}).Then(t)
	decider.Given(engines, opened).When(organization.NoteDestroyed{Space: "1", Streams: 3}).Refused(t, code("space_not_deleted"), "")
}
