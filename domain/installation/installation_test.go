package installation_test

import (
	"testing"

	"skein/domain/domaintest"
	"skein/domain/installation"
)

var decider = domaintest.For(installation.Decide, installation.Evolve, installation.Facts)

func TestFacts(t *testing.T) { domaintest.Golden(t, installation.Facts) }

// A journal goes with one key, for ever.
func TestBegin(t *testing.T) {
	ours := installation.Keyed{Fingerprint: "5f0c"}

	decider.Given().When(installation.Begin{Fingerprint: "5f0c"}).Then(t, ours)
	decider.Given(ours).When(installation.Begin{Fingerprint: "5f0c"}).Then(t)
	decider.Given(ours).When(installation.Begin{Fingerprint: "77ab"}).Refused(t, installation.ErrOtherKey, "")
}
