package pair_test

import (
	"testing"

	"skein/domain/contact"
	"skein/domain/domaintest"
	"skein/domain/pair"
)

var decider = domaintest.For(pair.Decide, pair.Evolve, pair.Facts)

func TestFacts(t *testing.T) { domaintest.Golden(t, pair.Facts) }

// A pair is the same whichever is named first, and its stream says which it is.
func TestKey(t *testing.T) {
	ada, eve := pair.KeyOf("lab", "ada", "eve"), pair.KeyOf("lab", "eve", "ada")
	if ada != eve || pair.Of(ada.Stream()) != ada || ada.Stream() != "pair-lab.ada.eve" {
		t.Errorf("%v and %v are kept in %s", ada, eve, ada.Stream())
	}
}

// Two contacts are distinct once somebody said so or took them apart, until somebody
// thinks better of it (D1-20, D2-13).
func TestDistinct(t *testing.T) {
	here := contact.Contact{Created: domaintest.Monday}
	gone, part := here, here
	gone.Deleted, part.Merge.Into = 9, "kit"
	judge, think := pair.JudgeDistinct{A: "ada", B: "eve", One: here, Other: here}, pair.Reconsider{A: "ada", B: "eve", One: here, Other: here}
	judged, thought := pair.JudgedDistinct{}, pair.Reconsidered{}

	decider.Given().When(judge).Then(t, judged)
	decider.Given(judged).When(judge).Then(t)
	decider.Given(judged, thought).When(judge).Then(t, judged)
	decider.Given().When(think).Then(t)
	decider.Given(judged).When(think).Then(t, thought)

	apart := func(at int) (pair.JudgeDistinct, pair.Reconsider) {
		moment := domaintest.Moment(at).Position
		return pair.JudgeDistinct{A: "ada", B: "eve", One: here, Other: here, Apart: moment}, pair.Reconsider{A: "ada", B: "eve", One: here, Other: here, Apart: moment}
	}
	judgeApart, thinkApart := apart(0)
	decider.Given().When(judgeApart).Then(t) // it is so already
	decider.Given().When(thinkApart).Then(t, thought)
	decider.Given(judged, thought).When(thinkApart).Then(t) // thought better of it since
	_, thinkAgain := apart(2)
	decider.Given(judged, thought).When(thinkAgain).Then(t, thought) // merged and taken apart again

	decider.Given().When(pair.JudgeDistinct{A: "ada", B: "ada", One: here, Other: here}).Refused(t, pair.ErrItself, "/b")
	decider.Given().When(pair.Reconsider{A: "ada", B: "ada", One: here, Other: here}).Refused(t, pair.ErrItself, "/b")
	for _, c := range []struct {
		other                contact.Contact
		judging, reconsiders error
	}{
		{contact.Contact{}, contact.ErrUnknown, contact.ErrUnknown},
		{gone, contact.ErrDeleted, contact.ErrDeleted},
		{part, contact.ErrMerged, nil},
	} {
		decider.Given().When(pair.JudgeDistinct{A: "ada", B: "eve", One: here, Other: c.other}).Refused(t, c.judging, "/b")
		if c.reconsiders == nil {
			decider.Given(judged).When(pair.Reconsider{A: "ada", B: "eve", One: here, Other: c.other}).Then(t, thought)
		} else {
			decider.Given(judged).When(pair.Reconsider{A: "ada", B: "eve", One: here, Other: c.other}).Refused(t, c.reconsiders, "/b")
		}
	}
}
