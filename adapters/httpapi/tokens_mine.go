package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"skein/commands"
	"skein/domain/access"
	"skein/domain/credential"
	"skein/domain/organization"
	"skein/projections"
)

const myTokensPath = "/v1/me/tokens"

// myTokens is what everybody may do with what proves who they are.
func (a *API) myTokens(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "issueMyToken", Method: http.MethodPost, Path: myTokensPath, Tags: credentialTag,
		Summary:       "Issue a token for myself",
		Description:   "The token is shown in this answer only; what is kept is its hash. It acts in the roles that I have then. Issued with a token that expires, it expires no later. A space's credential issues none, nor does somebody without any role.",
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusForbidden},
	}, a.issueMyToken)
	operation(api, huma.Operation{
		OperationID: "listMyTokens", Method: http.MethodGet, Path: myTokensPath, Tags: credentialTag,
		Summary:     "List my tokens",
		Description: "All that were issued for me in this organization, also those that were revoked or have expired. A space's credential finds itself.",
		Errors:      []int{http.StatusServiceUnavailable},
	}, a.listMyTokens)
	operation(api, huma.Operation{
		OperationID: "rotateMyToken", Method: http.MethodPost, Path: myTokensPath + "/{token}/rotate", Tags: credentialTag,
		Summary:     "Give a token of mine another secret",
		Description: "The new token is shown in this answer only. The one before it stays good for the overlap; any earlier one ends now. A space's credential can rotate itself.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict},
	}, a.rotateMyToken)
	operation(api, huma.Operation{
		OperationID: "revokeMyToken", Method: http.MethodDelete, Path: myTokensPath + "/{token}", Tags: credentialTag,
		Summary:     "Revoke a token of mine",
		Description: "It proves nothing from the next request on; other processes learn of it within a second. It may be the one that this is asked with.",
		Errors:      []int{http.StatusNotFound},
	}, a.revokeMyToken)
}

// OfToken is the part of a path that names a token. Huma only finds it if it is
// exported.
type OfToken struct {
	Token credential.ID `path:"token" doc:"Id of the token: what stands between its two underscores will do"`
}

func (a *API) issueMyToken(ctx context.Context, in *struct{ Body newToken }) (*issuedToken, error) {
	who := requestOf(ctx).who
	if err := a.belongs(ctx, who); err != nil {
		return nil, err
	}
	if outlives(in.Body.Expires, who.Expires) {
		return nil, errOutlives.Where("/expires")
	}
	return a.issue(ctx, credential.Issue{
		Organization: who.Organization, Holder: who.Actor, Label: in.Body.Label, Expires: in.Body.Expires,
	})
}

// belongs refuses those who are no user with a role in the organization or in one
// of its spaces.
func (a *API) belongs(ctx context.Context, who commands.Principal) error {
	role, err := a.Commands.RoleOf(ctx, who)
	if err != nil || role != "" {
		return err
	}
	spaces, err := projections.MySpaces(ctx, a.DB, who.Organization, organization.UserID(who.Actor), role)
	if err == nil && (len(spaces) == 0 || who.Space != "") {
		err = access.ErrForbidden
	}
	return err
}

func (a *API) listMyTokens(ctx context.Context, in *struct {
	Since
	Paged
},
) (*credentialList, error) {
	who := requestOf(ctx).who
	return a.tokensOf(ctx, who.Organization, who.Actor, in.Since, in.Paged)
}

func (a *API) rotateMyToken(ctx context.Context, in *struct {
	OfToken
	Body overlap
},
) (*issuedToken, error) {
	return a.rotate(ctx, in.Token, in.Body, heldBy(requestOf(ctx).who))
}

func (a *API) revokeMyToken(ctx context.Context, in *OfToken) (*Recorded, error) {
	at, err := a.Commands.RevokeCredential(ctx, by(ctx), written(in.Token), heldBy(requestOf(ctx).who))
	return &Recorded{at}, err
}

// heldBy refuses credentials that do not prove the one who asks.
func heldBy(who commands.Principal) func(credential.Credential) error {
	return func(c credential.Credential) error {
		if c.Holder != who.Actor || c.Organization != who.Organization {
			return credential.ErrUnknown
		}
		return nil
	}
}
