package space_test

import (
	"slices"
	"testing"
	"time"

	"skein/domain/domaintest"
	"skein/domain/space"
)

// What names one contact can be changed (C1-12): at once where that lets go of
// something (C1-16), and else in two steps, so that it is never half so (C1-19).
func TestIdentify(t *testing.T) {
	soon := domaintest.Monday.Add(90 * time.Second)
	ask := func(unique ...space.Identifier) space.Identify { return space.Identify{Unique: unique, At: soon} }
	loose := space.IdentifiersChanged{Unique: []space.Identifier{space.ExtID}}
	tightening := space.IdentifiersTightening{Unique: []space.Identifier{space.ExtID, space.Phone}}

	decider.Given(lab).When(ask(space.ExtID, space.ExtID)).Then(t, loose)
	decider.Given(lab).When(ask(space.ExtID, space.Email)).Then(t)
	decider.Given(lab).When(ask(space.Phone, space.ExtID)).Then(t, tightening)
	decider.Given(lab).When(ask("shoe")).Refused(t, code("identifier_unknown"), "/unique")
	decider.Given(lab).When(ask(space.Phone)).Refused(t, code("identifiers_missing"), "/unique")
	decider.Given().When(ask(space.Email)).Refused(t, space.ErrUnknown, "")

	decider.Given(lab, tightening).When(ask(space.ExtID)).Refused(t, code("identifiers_changing"), "")
	late, alone := ask(space.Email, space.ExtID), ask(space.ExtID)
	late.At, alone.Alone = soon.Add(time.Minute), soon
	decider.Given(lab, tightening).When(late).Then(t, space.IdentifiersChanged{Unique: space.DefaultUnique}) // it died
	decider.Given(lab, tightening).When(alone).Then(t, loose)
}

// A tightening is settled by those who are at it, and ended by anybody.
func TestSettle(t *testing.T) {
	all := []space.Identifier{space.Email, space.ExtID, space.Phone}
	tightening, changed := space.IdentifiersTightening{Unique: all}, space.IdentifiersChanged{Unique: all, Since: 2}

	decider.Given(lab, tightening).When(space.GoOn{Since: 2}).Then(t, space.IdentifiersTightening{Unique: all, Since: 2})
	decider.Given(lab, tightening).When(space.Settle{Since: 2}).Then(t, changed)
	decider.Given(lab, tightening, space.IdentifiersTightening{Unique: all, Since: 2}).When(space.Settle{Since: 2}).Then(t, changed)
	decider.Given(lab, tightening, space.IdentifiersKept{}, tightening).When(space.Settle{Since: 2}).Refused(t, code("identifiers_contended"), "")
	decider.Given(lab, tightening, space.IdentifiersKept{}).When(space.GoOn{Since: 2}).Refused(t, code("identifiers_contended"), "")
	decider.Given(lab, tightening).When(space.Keep{Since: 2}).Then(t, space.IdentifiersKept{})
	decider.Given(lab, tightening, changed).When(space.Keep{Since: 2}).Then(t)
	decider.Given(lab).When(space.Settle{}).Refused(t, code("identifiers_contended"), "")

	if got := decider.Given(lab, tightening).State(t); !slices.Equal(got.Unique, space.DefaultUnique) || !slices.Equal(got.Claimed(), all) {
		t.Errorf("while it tightens, %v name a contact and %v are claimed", got.Unique, got.Claimed())
	}
}
