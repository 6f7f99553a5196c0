package httpapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"skein/domain"
	"skein/domain/access"
	"skein/domain/credential"
	"skein/domain/organization"
)

const membersPath = organizationPath + "/members"

func (a *API) members(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "listMembers", Method: http.MethodGet, Path: membersPath, Tags: organizationTag,
		Summary:     "List the members of an organization",
		Description: "Everybody who has a role in it.",
		Errors:      []int{http.StatusForbidden, http.StatusNotFound},
	}, a.listMembers)
	operation(api, huma.Operation{
		OperationID: "putMember", Method: http.MethodPut, Path: membersPath + "/{user}", Tags: organizationTag,
		Summary:     "Make somebody a member, or give a member another role",
		Description: "It counts from their next request on. An organization keeps at least one organization_admin.",
		Errors:      []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict},
	}, a.putMember)
	operation(api, huma.Operation{
		OperationID: "removeMember", Method: http.MethodDelete, Path: membersPath + "/{user}", Tags: organizationTag,
		Summary:     "Take somebody out of an organization",
		Description: "It counts from their next request on.",
		Errors:      []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict},
	}, a.removeMember)
	operation(api, huma.Operation{
		OperationID: "issueToken", Method: http.MethodPost, Path: membersPath + "/{user}/tokens", Tags: organizationTag,
		Summary:       "Issue a token for a user",
		Description:   "The token is shown in this answer only; what is kept is its hash. Whoever shows it acts in the roles that the user has then.",
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusForbidden, http.StatusNotFound},
	}, a.issueToken)
	operation(api, huma.Operation{
		OperationID: "revokeToken", Method: http.MethodDelete, Path: organizationPath + "/tokens/{token}", Tags: organizationTag,
		Summary:     "Revoke a token",
		Description: "It proves nothing from the next request on; other processes learn of it within a second. A token that is revoked already is so.",
		Errors:      []int{http.StatusForbidden, http.StatusNotFound},
	}, a.revokeToken)
}

type member struct {
	User organization.UserID `json:"user"`
	Role organization.Role   `json:"role"`
}

type memberList struct {
	Body struct {
		Members []member `json:"members"`
	}
}

func (a *API) listMembers(ctx context.Context, in *InOrganization) (*memberList, error) {
	o, err := a.administer(ctx, in.Organization, access.SeeMembers)
	if err != nil {
		return nil, err
	}
	out := &memberList{}
	out.Body.Members = []member{}
	for user, role := range o.Members {
		out.Body.Members = append(out.Body.Members, member{user, role})
	}
	slices.SortFunc(out.Body.Members, func(x, y member) int { return cmp.Compare(x.User, y.User) })
	return out, nil
}

// OfUser is the part of a path that names a user. Huma only finds it if it is exported.
type OfUser struct {
	InOrganization
	User organization.UserID `path:"user" doc:"Id of the user, as your own systems know them; no name or address" example:"ada"`
}

func (a *API) putMember(ctx context.Context, in *struct {
	OfUser
	Body struct {
		Role organization.Role `json:"role" doc:"organization_admin, billing_admin, user_admin or member" example:"member"`
	}
},
) (*Recorded, error) {
	o, err := a.administer(ctx, in.Organization, access.ManageMembers)
	if err != nil {
		return nil, err
	}
	if err := above(ctx, o, in.User, in.Body.Role); err != nil {
		return nil, err
	}
	return a.organize(ctx, in.Organization, access.ManageMembers, organization.Join{User: in.User, Role: in.Body.Role})
}

func (a *API) removeMember(ctx context.Context, in *OfUser) (*Recorded, error) {
	o, err := a.administer(ctx, in.Organization, access.ManageMembers)
	if err != nil {
		return nil, err
	}
	if err := above(ctx, o, in.User, ""); err != nil {
		return nil, err
	}
	return a.organize(ctx, in.Organization, access.ManageMembers, organization.Leave{User: in.User})
}

type issuedToken struct {
	Recorded
	Body struct {
		ID    credential.ID `json:"id" doc:"By which the token is revoked; it is no secret"`
		Token string        `json:"token" doc:"Shown only now"`
	}
}

func (a *API) issueToken(ctx context.Context, in *struct {
	OfUser
	Body struct {
		Label string `json:"label,omitempty" maxLength:"100" doc:"What the token is for" example:"laptop"`
	}
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
	id := credential.ID(a.Commands.IDFor(by(ctx)))
	token, hash := NewToken(id)
	if key := requestOf(ctx).key; key != "" { // asked again, it is the same token
		token, hash = tokenOf(id, a.Commands.Hash("token", "1", key)+a.Commands.Hash("token", "2", key))
	}
	at, err := a.Commands.IssueCredential(ctx, by(ctx), id, credential.Issue{
		Organization: in.Organization, Holder: domain.Actor(in.User), Label: in.Body.Label, Hash: hash,
	})
	out := &issuedToken{Recorded: Recorded{at}}
	out.Body.ID, out.Body.Token = id, token
	return out, err
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
	if id, err := uuid.Parse(string(in.Token)); err == nil {
		in.Token = credential.ID(id.String())
	}
	at, err := a.Commands.RevokeCredential(ctx, by(ctx), in.Organization, issued(in.Token), func(holder domain.Actor) error {
		return above(ctx, o, organization.UserID(holder), "")
	})
	return &Recorded{at}, err
}

// above refuses what would let somebody rise: only an organization_admin makes,
// changes or removes another one, or issues or revokes a token of theirs.
func above(ctx context.Context, o organization.Organization, user organization.UserID, role organization.Role) error {
	mine := o.Members[organization.UserID(requestOf(ctx).who.Actor)]
	if mine != organization.Admin && (role == organization.Admin || o.Members[user] == organization.Admin) {
		return access.ErrForbidden.Naming("action", string(access.ManageMembers))
	}
	return nil
}
