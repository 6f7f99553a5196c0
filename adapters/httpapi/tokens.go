package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain"
	"skein/domain/access"
	"skein/domain/credential"
	"skein/domain/organization"
	"skein/projections"
)

func (a *API) tokens(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "issueToken", Method: http.MethodPost, Path: membersPath + "/{user}/tokens", Tags: credentialTag,
		Summary:       "Issue a token for a user",
		Description:   "The token is shown in this answer only; what is kept is its hash. Whoever shows it acts in the roles that the user has then.",
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusForbidden, http.StatusNotFound},
	}, a.issueToken)
	operation(api, huma.Operation{
		OperationID: "listTokens", Method: http.MethodGet, Path: membersPath + "/{user}/tokens", Tags: credentialTag,
		Summary:     "List the tokens of a user",
		Description: "All that were issued for the user in this organization, also those that were revoked or have expired. Nothing of their secrets is there to be seen.",
		Errors:      []int{http.StatusForbidden, http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.listTokens)
	operation(api, huma.Operation{
		OperationID: "revokeToken", Method: http.MethodDelete, Path: organizationPath + "/tokens/{token}", Tags: credentialTag,
		Summary:     "Revoke a token",
		Description: "It proves nothing from the next request on; other processes learn of it within a second. A token that is revoked already is so.",
		Errors:      []int{http.StatusForbidden, http.StatusNotFound},
	}, a.revokeToken)
	a.myTokens(api)
}

// newToken is what a token is asked for with.
type newToken struct {
	Label   string    `json:"label,omitempty" maxLength:"100" doc:"What the token is for" example:"laptop"`
	Expires time.Time `json:"expires,omitzero" doc:"From when on it proves nothing; none: it does not expire"`
}

func (a *API) issueToken(ctx context.Context, in *struct {
	OfUser
	Body newToken
},
) (*issuedToken, error) {
	o, err := a.administer(ctx, in.Organization, access.ManageMembers)
	if err != nil {
		return nil, err
	}
	if err := organization.CheckUser(in.User); err != nil {
		return nil, err
	}
	if err := above(ctx, o, in.User, ""); err != nil {
		return nil, err
	}
	return a.issue(ctx, credential.Issue{
		Organization: in.Organization, Holder: domain.Actor(in.User), Label: in.Body.Label, Expires: in.Body.Expires,
	})
}

func (a *API) listTokens(ctx context.Context, in *struct {
	OfUser
	Since
	Paged
},
) (*credentialList, error) {
	if _, err := a.administer(ctx, in.Organization, access.ManageMembers); err != nil {
		return nil, err
	}
	if err := organization.CheckUser(in.User); err != nil {
		return nil, err
	}
	return a.tokensOf(ctx, in.Organization, domain.Actor(in.User), in.Since, in.Paged)
}

func (a *API) tokensOf(ctx context.Context, of organization.ID, holder domain.Actor, asked Since, page Paged) (*credentialList, error) {
	if err := a.await(ctx, asked, "credentials"); err != nil {
		return nil, err
	}
	var out credentialList
	var err error
	out.Body.Credentials, out.Body.Next, err = projections.TokensOf(ctx, a.DB, of, holder, page.Cursor, page.Limit)
	out.Body.Credentials = a.used.shown(out.Body.Credentials)
	return &out, err
}

func (a *API) revokeToken(ctx context.Context, in *struct {
	InOrganization
	Token credential.ID `path:"token" doc:"Id of the token: what stands between its two underscores will do"`
},
) (*Recorded, error) {
	o, err := a.administer(ctx, in.Organization, access.ManageMembers)
	if err != nil {
		return nil, err
	}
	at, err := a.Commands.RevokeCredential(ctx, by(ctx), written(in.Token), func(c credential.Credential) error {
		if c.Organization != in.Organization || c.Space != "" {
			return credential.ErrUnknown
		}
		return above(ctx, o, organization.UserID(c.Holder), "")
	})
	return &Recorded{at}, err
}
