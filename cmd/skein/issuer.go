package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"skein/adapters/oidc"
	"skein/commands"
	"skein/domain/organization"
)

// issuer is an OpenID Connect issuer whose tokens are taken beside our own.
type issuer struct {
	OIDCIssuer            string `name:"oidc-issuer" env:"SKEIN_OIDC_ISSUER" placeholder:"https://…" help:"An OpenID Connect issuer whose tokens let their users in, as its discovery document names it."`
	OIDCAudience          string `name:"oidc-audience" env:"SKEIN_OIDC_AUDIENCE" help:"What its tokens have to be for (aud). Needed with the issuer."`
	OIDCUserClaim         string `name:"oidc-user-claim" env:"SKEIN_OIDC_USER_CLAIM" default:"sub" help:"Claim of its tokens that is the id of the user."`
	OIDCOrganizationClaim string `name:"oidc-organization-claim" env:"SKEIN_OIDC_ORGANIZATION_CLAIM" help:"Claim of its tokens that is the id of the organization. Not set: all are of one."`
	OIDCOrganization      string `name:"oidc-organization" env:"SKEIN_OIDC_ORGANIZATION" default:"${first}" help:"The one that all are of."`
}

// bearer is what tells whom its tokens stand for; nil if there is no issuer.
func (i issuer) bearer(log *slog.Logger) (func(context.Context, string) (commands.Principal, error), error) {
	switch {
	case i.OIDCIssuer == "" && i.OIDCAudience == "":
		return nil, nil
	case i.OIDCIssuer == "":
		return nil, errors.New("SKEIN_OIDC_AUDIENCE needs SKEIN_OIDC_ISSUER beside it")
	case i.OIDCAudience == "":
		return nil, errors.New("SKEIN_OIDC_ISSUER needs SKEIN_OIDC_AUDIENCE beside it: what the issuer's tokens for this installation are for")
	}
	made, err := oidc.New(oidc.Config{
		Issuer: i.OIDCIssuer, Audience: i.OIDCAudience, UserClaim: i.OIDCUserClaim,
		OrganizationClaim: i.OIDCOrganizationClaim, Organization: organization.ID(i.OIDCOrganization), Log: log,
	})
	if err != nil {
		return nil, fmt.Errorf("SKEIN_OIDC_ISSUER: %w", err)
	}
	return made.Who, nil
}
