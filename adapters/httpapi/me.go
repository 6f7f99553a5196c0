package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain"
	"skein/domain/organization"
)

func (a *API) me(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "readMe", Method: http.MethodGet, Path: "/v1/me", Tags: spaceTag,
		Summary:     "Read who I am",
		Description: "Who the token belongs to, and the organization it opens.",
	}, func(ctx context.Context, _ *struct{}) (*me, error) {
		who := requestOf(ctx).who
		return &me{whoIAm{who.Actor, who.Organization}}, nil
	})
}

type me struct{ Body whoIAm }

type whoIAm struct {
	Actor        domain.Actor    `json:"actor"`
	Organization organization.ID `json:"organization"`
}
