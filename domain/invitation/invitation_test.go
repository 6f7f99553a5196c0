package invitation_test

import (
	"testing"
	"time"

	"skein/domain"
	"skein/domain/domaintest"
	"skein/domain/invitation"
)

var (
	decider = domaintest.For(invitation.Decide, invitation.Evolve, invitation.Facts)

	monday  = domaintest.Monday
	tuesday = monday.Add(24 * time.Hour)
	engines = invitation.Issued{Hash: "#", Note: "Engines", Expires: tuesday}
)

func refusal(code string) error { return domain.Refuse(0, code, "") }

func TestFacts(t *testing.T) { domaintest.Golden(t, invitation.Facts) }

func TestIssue(t *testing.T) {
	ask := invitation.Issue{Hash: "#", Note: " Engines ", Expires: tuesday, At: monday}
	decider.Given().When(ask).Then(t, engines)
	decider.Given(engines).When(ask).Refused(t, refusal("invitation_exists"), "")
	decider.Given().When(invitation.Issue{Hash: "#", Expires: monday, At: monday}).Refused(t, refusal("expiry_past"), "/expires")
	decider.Given().When(invitation.Issue{Hash: "#", Note: "a\nb", Expires: tuesday, At: monday}).Refused(t, refusal("note_invalid"), "/note")
}

// Only the right code is accepted, once, in time, and unless it was revoked. Nothing
// but the right code learns anything of an invitation.
func TestAccept(t *testing.T) {
	ask := invitation.Accept{Hash: "#", Organization: "1", User: "ada", At: monday}
	accepted := invitation.Accepted{Organization: "1", User: "ada"}
	late, wrong := ask, ask
	late.At, wrong.Hash = tuesday, "##"

	decider.Given(engines).When(ask).Then(t, accepted)
	decider.Given(engines).When(late).Refused(t, refusal("invitation_expired"), "")
	decider.Given(engines, invitation.Revoked{}).When(ask).Refused(t, refusal("invitation_revoked"), "")
	decider.Given(engines, accepted).When(ask).Refused(t, refusal("invitation_accepted"), "")
	for _, history := range [][]invitation.Event{nil, {engines}, {engines, accepted}, {engines, invitation.Revoked{}}} {
		decider.Given(history...).When(wrong).Refused(t, invitation.ErrUnknown, "")
	}
}

// What was accepted and came to nothing is accepted again, for the same organization,
// as soon as nobody can be about to found it, also when it has expired meanwhile.
func TestAcceptAgain(t *testing.T) {
	accepted := invitation.Accepted{Organization: "1", User: "ada"} // at a minute past
	again := invitation.Accept{Hash: "#", Organization: "2", User: "eve", Unfinished: true, At: monday.Add(2*time.Minute - 1)}

	decider.Given(engines, accepted).When(again).Refused(t, refusal("invitation_accepted"), "")
	again.At = monday.Add(2 * time.Minute)
	decider.Given(engines, accepted).When(again).Then(t, invitation.Accepted{Organization: "1", User: "eve"})
	again.At = tuesday
	decider.Given(engines, accepted).When(again).Then(t, invitation.Accepted{Organization: "1", User: "eve"})
	again.Unfinished = false
	decider.Given(engines, accepted).When(again).Refused(t, refusal("invitation_accepted"), "")
}

func TestRevoke(t *testing.T) {
	decider.Given(engines).When(invitation.Revoke{}).Then(t, invitation.Revoked{})
	decider.Given(engines, invitation.Revoked{}).When(invitation.Revoke{}).Then(t)
	decider.Given().When(invitation.Revoke{}).Refused(t, invitation.ErrUnknown, "")
	decider.Given(engines, invitation.Accepted{Organization: "1", User: "ada"}).When(invitation.Revoke{}).Refused(t, refusal("invitation_accepted"), "")
}
