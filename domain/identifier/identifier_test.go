package identifier_test

import (
	"testing"

	"skein/domain/domaintest"
	"skein/domain/identifier"
)

var decider = domaintest.For(identifier.Decide, identifier.Evolve, identifier.Facts)

func TestFacts(t *testing.T) { domaintest.Golden(t, identifier.Facts) }

// A value names one contact at a time (C1-15), and is free once released (C1-23).
func TestClaim(t *testing.T) {
	ada, free := identifier.Claimed{Contact: "ada"}, identifier.Released{By: "ada"}

	decider.Given().When(identifier.Claim{For: "ada"}).Then(t, ada)
	decider.Given(ada).When(identifier.Claim{For: "ada"}).Then(t)
	decider.Given(ada).When(identifier.Claim{For: "eve"}).Refused(t, identifier.ErrTaken, "")
	decider.Given(ada).When(identifier.Claim{For: "eve", Over: "kit"}).Refused(t, identifier.ErrTaken, "")
	decider.Given(ada).When(identifier.Claim{For: "eve", Over: "ada", Found: 1}).Then(t, identifier.Claimed{Contact: "eve"})
	decider.Given(ada, ada).When(identifier.Claim{For: "eve", Over: "ada", Found: 1}).Refused(t, identifier.ErrTaken, "") // claimed again since
	decider.Given(ada).When(identifier.Claim{For: "ada", Anew: true}).Then(t, ada)
	decider.Given(ada).When(identifier.Release{By: "ada"}).Then(t, free)
	decider.Given(ada, ada).When(identifier.Release{By: "ada", Before: 3}).Then(t, free)
	decider.Given(ada, ada).When(identifier.Release{By: "ada", Before: 1}).Then(t) // claimed again since
	decider.Given(ada).When(identifier.Release{By: "eve"}).Then(t)
	decider.Given(ada, free).When(identifier.Claim{For: "eve"}).Then(t, identifier.Claimed{Contact: "eve"})
}
