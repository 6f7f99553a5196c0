package credential_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"skein/domain"
	"skein/domain/credential"
	"skein/domain/domaintest"
	"skein/domain/space"
)

var (
	decider = domaintest.For(credential.Decide, credential.Evolve, credential.Facts)

	monday  = domaintest.Monday
	tuesday = monday.Add(24 * time.Hour)
	unknown = domain.Refuse(domain.Missing, "credential_unknown", "")
	laptop  = credential.Issued{Organization: "engines", Holder: "ada", Hash: "#"}
)

func TestFacts(t *testing.T) { domaintest.Golden(t, credential.Facts) }

func TestIssueAndRevoke(t *testing.T) {
	ask := credential.Issue{Organization: "engines", Holder: "ada", Hash: "#"}

	decider.Given().When(ask).Then(t, laptop)
	decider.Given(laptop).When(ask).Refused(t, domain.Refuse(domain.Conflict, "credential_exists", ""), "")
	decider.Given(laptop).When(credential.Revoke{}).Then(t, credential.Revoked{})
	decider.Given(laptop, credential.Revoked{}).When(credential.Revoke{}).Then(t)
	decider.Given().When(credential.Revoke{}).Refused(t, unknown, "")
}

// A space's own credential says what it is for and what it may (C1-3).
func TestIssueOfSpace(t *testing.T) {
	ask := credential.Issue{
		Organization: "engines", Holder: "credential:1", Space: "lab", Role: space.Agent,
		Label: " till ", Hash: "#", Expires: tuesday, At: monday,
	}
	decider.Given().When(ask).Then(t, credential.Issued{
		Organization: "engines", Holder: "credential:1", Space: "lab", Role: space.Agent, Label: "till", Hash: "#", Expires: tuesday,
	})
	for at, wrong := range map[string]func(*credential.Issue){
		"/label":   func(i *credential.Issue) { i.Label = "" },
		"/role":    func(i *credential.Issue) { i.Role = "king" },
		"/expires": func(i *credential.Issue) { i.Expires = monday },
	} {
		code := map[string]string{"/label": "label_invalid", "/role": "role_unknown", "/expires": "expiry_past"}[at]
		other := ask
		wrong(&other)
		decider.Given().When(other).Refused(t, domain.Refuse(domain.Invalid, code, ""), at)
	}
}

func TestRotate(t *testing.T) {
	ask := credential.Rotate{Hash: "##", Overlap: time.Hour, At: monday}
	decider.Given(laptop).When(ask).Then(t, credential.Rotated{Hash: "##", OldUntil: monday.Add(time.Hour)})
	decider.Given().When(ask).Refused(t, unknown, "")
	decider.Given(laptop, credential.Revoked{}).When(ask).Refused(t, domain.Refuse(domain.Conflict, "credential_revoked", ""), "")
	ended := laptop
	ended.Expires = monday
	decider.Given(ended).When(ask).Refused(t, domain.Refuse(domain.Conflict, "credential_expired", ""), "")
	for _, overlap := range []time.Duration{-1, credential.MaxOverlap + 1} {
		decider.Given(laptop).When(credential.Rotate{Hash: "##", Overlap: overlap, At: monday}).
			Refused(t, domain.Refuse(domain.Invalid, "overlap_invalid", ""), "/overlap_seconds")
	}
}

// Whatever happened to a credential, at any time the secret it got last proves
// who asks, and the one before that until its overlap is over, unless it is revoked
// or has expired; no other secret ever does.
func TestProves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now, secrets, until, revoked := monday, []string{"0"}, monday, false
		issued := credential.Issued{Holder: "ada", Hash: "0"}
		if rapid.Bool().Draw(t, "expires") {
			issued.Expires = monday.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "days")) * 24 * time.Hour)
		}
		c := credential.Evolve(credential.Credential{}, issued, domaintest.Moment(0))
		for range rapid.IntRange(0, 6).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 10*24).Draw(t, "hours")) * time.Hour)
			var cmd credential.Command = credential.Revoke{}
			if rapid.IntRange(0, 3).Draw(t, "what") > 0 {
				overlap := time.Duration(rapid.IntRange(0, 7*24).Draw(t, "overlap")) * time.Hour
				cmd = credential.Rotate{Hash: string(rune('0' + len(secrets))), Overlap: overlap, At: now}
			}
			events, err := credential.Decide(c, cmd)
			if err != nil {
				continue
			}
			for _, e := range events {
				c = credential.Evolve(c, e, domaintest.Moment(1))
				switch e := e.(type) {
				case credential.Rotated:
					secrets, until = append(secrets, e.Hash), e.OldUntil
				case credential.Revoked:
					revoked = true
				}
			}
		}
		at := monday.Add(time.Duration(rapid.IntRange(0, 80*24).Draw(t, "at")) * time.Hour)
		ended := revoked || !issued.Expires.IsZero() && !at.Before(issued.Expires)
		for i, secret := range secrets {
			want := !ended && (i == len(secrets)-1 || i == len(secrets)-2 && at.Before(until))
			if got := c.Proves(secret, at); got != want {
				t.Fatalf("secret %d of %d at %v: %v, want %v", i, len(secrets), at, got, want)
			}
		}
		if c.Proves("", at) || (credential.Credential{}).Proves("", at) {
			t.Fatal("no secret at all proves something")
		}
	})
}
