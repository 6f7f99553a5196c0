package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain/access"
	"skein/domain/space"
	"skein/projections"
)

func (a *API) deletions(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "deleteSpace", Method: http.MethodDelete, Path: spacesPath + "/{space}", Tags: spaceTag,
		Summary: "Delete a space for ever",
		Description: "Irreversible: contacts, conversations, inboxes, mailboxes, fields and credentials of the space are destroyed, in the journal too (C0-27 to C0-32). Export first whatever will be wanted later. " +
			"From the answer on nobody can enter the space, its credentials open nothing, its name and its place among the plan's spaces are free, and what was under way in it stops. The destruction goes on afterwards; listDeletions tells how far it is.",
		DefaultStatus: http.StatusAccepted,
		Errors:        []int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType},
	}, a.deleteSpace)
	operation(api, huma.Operation{
		OperationID: "listDeletions", Method: http.MethodGet, Path: organizationPath + "/deletions", Tags: spaceTag,
		Summary:     "List the spaces that were deleted",
		Description: "Which spaces were deleted, by whom and when, and whether anything is left of them; the last one first.",
		Errors:      []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.listDeletions)
}

func (a *API) deleteSpace(ctx context.Context, in *struct {
	InOrganization
	Space space.ID `path:"space" doc:"Id of the space"`
	Body  struct {
		Confirm string `json:"confirm" doc:"The name of the space, exactly as it is" example:"Berlin"`
	}
},
) (*Recorded, error) {
	if _, err := a.Commands.AdministerSpaces(ctx, requestOf(ctx).who, in.Organization, access.DeleteSpaces); err != nil {
		return nil, err
	}
	usage, err := a.usageSoFar(ctx, issued(in.Space))
	if err != nil {
		return nil, err
	}
	at, err := a.Commands.DeleteSpace(ctx, by(ctx), in.Organization, issued(in.Space), in.Body.Confirm, usage...)
	return &Recorded{at}, err
}

type deletionList struct {
	Body struct {
		Deletions []projections.Deletion `json:"deletions"`
		Next      string                 `json:"next,omitempty" doc:"Cursor of the next page; none on the last one"`
	}
}

func (a *API) listDeletions(ctx context.Context, in *struct {
	InOrganization
	Since
	Cursor string `query:"cursor" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many a page"`
},
) (*deletionList, error) {
	if _, err := a.Commands.AdministerSpaces(ctx, requestOf(ctx).who, in.Organization, access.SeeSpaces); err != nil {
		return nil, err
	}
	if err := a.await(ctx, in.Since, "spaces"); err != nil {
		return nil, err
	}
	var out deletionList
	var err error
	out.Body.Deletions, out.Body.Next, err = projections.ListDeletions(ctx, a.DB, in.Organization, in.Cursor, in.Limit)
	return &out, err
}
