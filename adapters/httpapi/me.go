package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain"
	"skein/domain/access"
	"skein/domain/organization"
	"skein/projections"
)

func (a *API) me(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "readMe", Method: http.MethodGet, Path: "/v1/me", Tags: spaceTag,
		Summary:     "Read who I am",
		Description: "Who the token belongs to, the organization it opens with the role there, and the spaces that can be entered, the first 1,000 by name (C1-6).",
		Errors:      []int{http.StatusServiceUnavailable},
	}, a.readMe)
}

type me struct{ Body whoIAm }

type whoIAm struct {
	Actor        domain.Actor          `json:"actor"`
	Organization organization.ID       `json:"organization"`
	Role         organization.Role     `json:"role,omitempty" doc:"In the organization; none: no member"`
	Spaces       []projections.MySpace `json:"spaces"`
}

func (a *API) readMe(ctx context.Context, in *struct{ Since }) (*me, error) {
	who := requestOf(ctx).who
	if who.Space != "" {
		room, err := a.enter(ctx, who.Space, access.LookAround)
		own := []projections.MySpace{{ID: room.ID, Name: room.Space.Name, Role: who.Role}}
		return &me{whoIAm{Actor: who.Actor, Organization: who.Organization, Spaces: own}}, err
	}
	role, err := a.Commands.RoleOf(ctx, who)
	if err != nil {
		return nil, err
	}
	if err := a.await(ctx, in.Since, "spaces"); err != nil {
		return nil, err
	}
	spaces, err := projections.MySpaces(ctx, a.DB, who.Organization, organization.UserID(who.Actor), role)
	return &me{whoIAm{who.Actor, who.Organization, role, spaces}}, err
}
