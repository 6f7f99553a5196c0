package httpapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain/access"
	"skein/domain/audit"
	"skein/domain/organization"
	"skein/projections"
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
		Description: "Also out of every space of it. The tokens they had prove nothing any more, also if they come back; it counts from their next request on.",
		Errors:      []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict},
	}, a.removeMember)
	operation(api, huma.Operation{
		OperationID: "listUserSpaces", Method: http.MethodGet, Path: membersPath + "/{user}/spaces", Tags: organizationTag,
		Summary:     "List the spaces that a user was let into",
		Description: "With the role in each. It is changed by assignUser and unassignUser, from here as from the space (C0-18).",
		Errors:      []int{http.StatusForbidden, http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.listUserSpaces)
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
	requestOf(ctx).about.Users = people(audit.User{ID: in.User, Role: word(in.Body.Role)})
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
	at, err := a.Commands.RemoveMember(ctx, by(ctx), in.Organization, in.User)
	return &Recorded{at}, err
}

type userSpaces struct {
	Body struct {
		Spaces []projections.UserSpace `json:"spaces"`
	}
}

func (a *API) listUserSpaces(ctx context.Context, in *struct {
	OfUser
	Since
},
) (*userSpaces, error) {
	if _, err := a.Commands.AdministerSpaces(ctx, requestOf(ctx).who, in.Organization, access.SeeSpaces); err != nil {
		return nil, err
	}
	if err := a.await(ctx, in.Since, "spaces"); err != nil {
		return nil, err
	}
	out := &userSpaces{}
	var err error
	out.Body.Spaces, err = projections.SpacesOf(ctx, a.DB, in.Organization, in.User)
	return out, err
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
