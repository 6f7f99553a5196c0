package credential_test

import (
	"testing"

	"skein/domain"
	"skein/domain/credential"
	"skein/domain/domaintest"
)

var decider = domaintest.For(credential.Decide, credential.Evolve, credential.Facts)

func TestFacts(t *testing.T) { domaintest.Golden(t, credential.Facts) }

func TestIssueAndRevoke(t *testing.T) {
	ask := credential.Issue{Organization: "engines", Holder: "ada", Hash: "#"}
	issued := credential.Issued(ask)

	decider.Given().When(ask).Then(t, issued)
	decider.Given(issued).When(ask).Refused(t, domain.Refuse(domain.Conflict, "credential_exists", ""), "")
	decider.Given(issued).When(credential.Revoke{}).Then(t, credential.Revoked{})
	decider.Given(issued, credential.Revoked{}).When(credential.Revoke{}).Then(t)
	decider.Given().When(credential.Revoke{}).Refused(t, domain.Refuse(domain.Missing, "credential_unknown", ""), "")
}
