package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"

	"skein/commands"
	"skein/domain"
	"skein/domain/audit"
	"skein/domain/credential"
	"skein/domain/organization"
)

// found routes the one operation that needs no token: an invitation opens it.
func (a *API) found(r chi.Router, described huma.Config) {
	outside := humachi.New(r.With(a.audited(described.OpenAPI), unguessed, a.once), described)
	operation(outside, huma.Operation{
		OperationID: "foundOrganization", Method: http.MethodPost, Path: "/v1/organizations", Tags: organizationTag,
		Summary: "Found an organization by an invitation",
		Description: "Needs no token but the code of an invitation, which whoever runs the installation makes with skein invite. It can be used once, until it expires. " +
			"The answer has the token of the organization's first administrator, shown only there. Send an Idempotency-Key: the same request under it is answered alike, if the first answer was lost.",
		DefaultStatus: http.StatusCreated,
		Errors:        []int{http.StatusNotFound, http.StatusConflict, http.StatusGone},
	}, a.foundOrganization)
	outside.OpenAPI().Paths["/v1/organizations"].Post.Security = nil
}

type foundOrganization struct {
	Recorded
	Location string `header:"Location" doc:"Where the organization is"`
	Body     struct {
		Organization organization.ID     `json:"organization"`
		User         organization.UserID `json:"user" doc:"Its first organization_admin"`
		TokenID      credential.ID       `json:"token_id" doc:"By which the token is rotated and revoked; it is no secret"`
		Token        string              `json:"token" doc:"Of the user, shown only now"`
	}
}

func (a *API) foundOrganization(ctx context.Context, in *struct {
	Body struct {
		Invitation string              `json:"invitation" writeOnly:"true" maxLength:"200" doc:"The code of the invitation: skn_inv_…"`
		Name       string              `json:"name" doc:"Of the organization" example:"Analytical Engines"`
		User       organization.UserID `json:"user,omitempty" doc:"Id of the first administrator, as your own systems know them, no name or address; none: a new one" example:"ada"`
	}
},
) (*foundOrganization, error) {
	q := requestOf(ctx)
	id, hash := readInvitation(in.Body.Invitation)
	q.who.Actor = id.Actor()
	if q.key != "" {
		q.key = a.Commands.Hash("key", string(q.who.Actor), q.key) // keys are the sender's own
	}
	out := &foundOrganization{}
	let := func(of organization.ID, user organization.UserID) error {
		token, err := a.issue(ctx, credential.Issue{Organization: of, Holder: domain.Actor(user), Label: "invitation"})
		if err == nil {
			out.Body.TokenID, out.Body.Token = token.Body.ID, token.Body.Token
		}
		return err
	}
	f := commands.Founding{Name: in.Body.Name, User: in.Body.User, Hash: hash}
	var err error
	out.Body.Organization, out.Body.User, out.Position, err = a.Commands.FoundInvited(ctx, by(ctx), id, f, let)
	if err != nil {
		return nil, err
	}
	q.who.Organization = out.Body.Organization // in whose log it is noted
	q.about.Users = people(audit.User{ID: out.Body.User, Role: string(organization.Admin)})
	out.Location = "/v1/organizations/" + string(out.Body.Organization)
	return out, nil
}
