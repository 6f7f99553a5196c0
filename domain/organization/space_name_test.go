package organization_test

import (
	"testing"

	"skein/domain"
	"skein/domain/organization"
)

// named is a name with its mark.
func named(name string) organization.SpaceNamed {
	return organization.SpaceNamed{Name: name, Mark: "#" + domain.Fold(name)}
}

// No two spaces of an organization go by the same name, in whatever case (C0-13),
// and its history does not tell the names.
func TestOpenSpace(t *testing.T) {
	opened := organization.SpaceOpened{Space: "1", Mark: "#lab"}
	once := organization.SpaceOpened{Space: "1", Name: "Lab"} // before there were marks

	decider.Given(engines).When(organization.OpenSpace{ID: "1", Name: named("Lab")}).Then(t, opened)
	for _, earlier := range []organization.Event{opened, once} {
		decider.Given(engines, earlier).When(organization.OpenSpace{ID: "1", Name: named("Lab")}).Then(t)
		decider.Given(engines, earlier).When(organization.OpenSpace{ID: "2", Name: named("LÁB")}).Refused(t, code("space_name_taken"), "/name")
		decider.Given(engines, earlier).When(organization.OpenSpace{ID: "2", Name: named("Den")}).Then(t, organization.SpaceOpened{Space: "2", Mark: "#den"})
	}
	decider.Given(engines).When(organization.OpenSpace{ID: "1", Name: named("a\nb")}).Refused(t, code("space_name_invalid"), "/name")
	decider.Given().When(organization.OpenSpace{ID: "1", Name: named("Lab")}).Refused(t, organization.ErrUnknown, "")
}

// A name that is reserved is nobody else's until it is certain that the space did
// not take it.
func TestReserveName(t *testing.T) {
	lab, den := organization.SpaceOpened{Space: "1", Mark: "#lab"}, organization.SpaceOpened{Space: "2", Mark: "#den"}
	ask := func(space organization.SpaceID, name string, length uint64) organization.ReserveName {
		return organization.ReserveName{Space: space, Name: named(name), Length: length}
	}
	reserved := organization.NameReserved{Space: "1", Mark: "#hut", Length: 3}
	took := organization.RenameSpace{Space: "1", Mark: "#hut", Length: 4}
	left := organization.RenameSpace{Space: "1", Mark: "#lab", Length: 4}

	decider.Given(engines, lab, den).When(ask("1", "Hut", 3)).Then(t, reserved)
	decider.Given(engines, lab, den, reserved).When(ask("1", "hut", 3)).Then(t)
	decider.Given(engines, lab, den).When(ask("1", "DEN", 3)).Refused(t, code("space_name_taken"), "/name")
	decider.Given(engines, lab, den, reserved).When(ask("2", "hut", 1)).Refused(t, code("space_name_taken"), "/name")
	decider.Given(engines, lab, den, reserved).When(organization.OpenSpace{ID: "3", Name: named("Hut")}).Refused(t, code("space_name_taken"), "/name")
	decider.Given(engines, lab, den, reserved).When(took).Then(t, organization.SpaceRenamed(took))
	decider.Given(engines, lab, den, reserved).When(left).Then(t, organization.SpaceRenamed(left))
	decider.Given(engines, lab, den, reserved, organization.SpaceRenamed(took)).When(ask("2", "Lab", 1)).Then(t, organization.NameReserved{Space: "2", Mark: "#lab", Length: 1})
	decider.Given(engines, lab, den, reserved, organization.SpaceRenamed(left)).When(ask("2", "hut", 1)).Then(t, organization.NameReserved{Space: "2", Mark: "#hut", Length: 1})
	decider.Given(engines, lab).When(ask("2", "Den", 1)).Refused(t, organization.ErrSpaceUnknown, "")
}

// What is told late does not undo what was told since, nor what is still open.
func TestRenameSpace(t *testing.T) {
	lab := organization.SpaceOpened{Space: "1", Name: "Lab"}
	reserved := organization.NameReserved{Space: "1", Mark: "#hut", Length: 4}
	marked := organization.RenameSpace{Space: "1", Mark: "#lab", Length: 4}
	late := organization.RenameSpace{Space: "1", Mark: "#den", Length: 3}

	decider.Given(engines, lab).When(marked).Then(t, organization.SpaceRenamed(marked))
	decider.Given(engines, lab, organization.SpaceRenamed(marked)).When(marked).Then(t)
	decider.Given(engines, lab, organization.SpaceRenamed(marked)).When(late).Then(t)
	decider.Given(engines, lab, reserved, organization.SpaceRenamed(marked)).
		When(organization.OpenSpace{ID: "2", Name: named("Hut")}).Refused(t, code("space_name_taken"), "/name")
	decider.Given(engines).When(marked).Then(t)
}
