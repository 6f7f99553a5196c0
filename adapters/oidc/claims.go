package oidc

import (
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/coreos/go-oidc/v3/oidc"

	"skein/commands"
	"skein/domain"
	"skein/domain/organization"
)

// errClaim refuses a token that is valid, but names nobody there could be here. It
// says which claim is wrong, and not what it says.
var errClaim = domain.Refuse(domain.Forbidden, "token_claim_unfit", "A claim of the token does not fit.")

// organizationShape is that of a UUID, which is what organizations are named by.
var organizationShape = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// named is whom the claims of a token name.
func (i *Issuer) named(token *oidc.IDToken) (commands.Principal, error) {
	var claims map[string]json.RawMessage
	if err := token.Claims(&claims); err != nil {
		return commands.Principal{}, commands.ErrWho
	}
	user := text(claims[i.UserClaim])
	if organization.CheckUser(organization.UserID(user)) != nil {
		return commands.Principal{}, unfit(i.UserClaim, "is not the id of a user: 1 to 64 letters, digits, dashes and underscores")
	}
	of := i.Organization
	if i.OrganizationClaim != "" {
		of = organization.ID(text(claims[i.OrganizationClaim]))
		if !organizationShape.MatchString(string(of)) {
			return commands.Principal{}, unfit(i.OrganizationClaim, "is not the id of an organization")
		}
	}
	return commands.Principal{Actor: domain.Actor(user), Organization: of}, nil
}

func unfit(claim, why string) error {
	return errClaim.Saying(fmt.Sprintf("The claim %s of the token %s. Have the issuer put it there, or configure another claim.", claim, why)).Naming("claim", claim)
}

// text is a claim that is a text; empty, if it is none.
func text(claim json.RawMessage) (s string) {
	_ = json.Unmarshal(claim, &s) // what is no text names nobody
	return s
}
