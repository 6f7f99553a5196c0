package httpapi

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/organization"
	"skein/domain/space"
	"skein/projections"
)

const spacesPath = "/v1/organizations/{organization}/spaces"

func (a *API) spaces(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "createSpace", Method: http.MethodPost, Path: spacesPath, Tags: spaceTag,
		Summary:       "Create a space",
		Description:   "Adds a space to an organization. Nobody is assigned to it yet (C0-13, C0-14). What identifies its contacts is chosen now (C1-18).",
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, a.createSpace)
	operation(api, huma.Operation{
		OperationID: "listSpaces", Method: http.MethodGet, Path: spacesPath, Tags: spaceTag,
		Summary:     "List the spaces of an organization",
		Description: "The overview: name, users, contacts and date added of every space, by name (C0-4 to C0-9).",
		Errors:      []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.listSpaces)
	operation(api, huma.Operation{
		OperationID: "readSpace", Method: http.MethodGet, Path: spacesPath + "/{space}", Tags: spaceTag,
		Summary:     "Read a space",
		Description: "One space with all that can be edited: its name, who is in it, its contact limit (C0-19).",
		Errors:      []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.readSpace)
	operation(api, huma.Operation{
		OperationID: "assignUser", Method: http.MethodPut, Path: spacesPath + "/{space}/users/{user}", Tags: spaceTag,
		Summary:     "Let a user into a space",
		Description: "Gives a user a role in a space, or another role, and says what of it is withheld (C0-18).",
		Errors:      []int{http.StatusNotFound},
	}, a.assignUser)
	operation(api, huma.Operation{
		OperationID: "unassignUser", Method: http.MethodDelete, Path: spacesPath + "/{space}/users/{user}", Tags: spaceTag,
		Summary:     "Take a user out of a space",
		Description: "The user has no role in the space any more (C0-6).",
		Errors:      []int{http.StatusNotFound},
	}, a.unassignUser)
	a.spaceEditing(api)
}

// InOrganization is the part of a path that names an organization. Huma only
// finds it if it is exported.
type InOrganization struct {
	Organization organization.ID `path:"organization" doc:"Id of the organization; /v1/me tells it"`
}

type createdSpace struct {
	Recorded
	Location string `header:"Location" doc:"Where the space is"`
	Body     struct {
		ID        space.ID     `json:"id"`
		Suggested []assignment `json:"suggested_invites" doc:"Whom to invite first (C0-15); nobody is in the space yet"`
	}
}

func (a *API) createSpace(ctx context.Context, in *struct {
	InOrganization
	Body struct {
		Name        string             `json:"name" doc:"1 to 100 characters" example:"Berlin"`
		Identifiers []space.Identifier `json:"identifiers,omitempty" doc:"What names one contact only: email, external_id, phone. Default: email and external_id (C1-13)"`
	}
},
) (*createdSpace, error) {
	if _, err := a.Commands.AdministerSpaces(ctx, requestOf(ctx).who, in.Organization, access.CreateSpaces); err != nil {
		return nil, err
	}
	id, at, err := a.Commands.CreateSpace(ctx, by(ctx), space.Create{Organization: in.Organization, Name: in.Body.Name, Unique: in.Body.Identifiers})
	if err != nil {
		return nil, err
	}
	out := &createdSpace{Recorded: Recorded{at}, Location: "/v1/organizations/" + string(in.Organization) + "/spaces/" + string(id)}
	out.Body.ID, out.Body.Suggested = id, suggested(ctx)
	requestOf(ctx).about.Space = id
	return out, nil
}

type spaceList struct {
	Body struct {
		Spaces []projections.Space `json:"spaces"`
		Next   string              `json:"next,omitempty" doc:"Cursor of the next page; none on the last one"`
	}
}

func (a *API) listSpaces(ctx context.Context, in *struct {
	InOrganization
	Since
	Search string `query:"search" doc:"Only spaces whose names contain this, in whatever case (C0-9)"`
	Cursor string `query:"cursor" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many a page"`
},
) (*spaceList, error) {
	if _, err := a.Commands.AdministerSpaces(ctx, requestOf(ctx).who, in.Organization, access.SeeSpaces); err != nil {
		return nil, err
	}
	if err := a.await(ctx, in.Since, "spaces", "contacts"); err != nil {
		return nil, err
	}
	var out spaceList
	var err error
	out.Body.Spaces, out.Body.Next, err = projections.ListSpaces(ctx, a.DB, in.Organization, in.Search, in.Cursor, in.Limit)
	return &out, err
}

type fullSpace struct {
	ETag string `header:"ETag" doc:"Of the space as it is told here; editSpace needs it"`
	Body spaceToEdit
}

type spaceToEdit struct {
	projections.SpaceSeen
	Limit     *space.Limit `json:"contact_limit,omitempty" doc:"How many contacts the space takes in at most; only where the organization has the module white_label (C0-20)"`
	Members   []assignment `json:"members" doc:"Who is in the space"`
	Suggested []assignment `json:"suggested_invites,omitempty" doc:"Whom to invite, where nobody is in the space (C0-15)"`
}

// readSpace tells what can be edited from the journal, so that its ETag is never
// behind, and the counts as they are kept.
func (a *API) readSpace(ctx context.Context, in *struct {
	InOrganization
	Since
	Space space.ID `path:"space" doc:"Id of the space"`
},
) (*fullSpace, error) {
	org, err := a.Commands.AdministerSpaces(ctx, requestOf(ctx).who, in.Organization, access.SeeSpaces)
	if err != nil {
		return nil, err
	}
	if err := a.await(ctx, in.Since, "spaces", "contacts", "mailboxes"); err != nil {
		return nil, err
	}
	told, length, err := a.Commands.ReadSpace(ctx, in.Organization, issued(in.Space))
	if err != nil {
		return nil, err
	}
	seen, err := projections.OneSpace(ctx, a.DB, in.Organization, issued(in.Space))
	if err != nil {
		return nil, err
	}
	out := &fullSpace{ETag: etag(domain.Position(length)), Body: spaceToEdit{SpaceSeen: seen, Members: []assignment{}}}
	out.Body.Name, out.Body.Users = told.Name, len(told.Users)
	for _, user := range slices.Sorted(maps.Keys(told.Users)) {
		post := told.Users[user]
		out.Body.Members = append(out.Body.Members, assignment{user, post.Role, post.NoExport, post.NoDeletion})
	}
	if len(told.Users) == 0 {
		out.Body.Suggested = suggested(ctx)
	}
	if org.HasModule(organization.WhiteLabel) {
		out.Body.Limit = &told.Limit
	}
	return out, nil
}

func (a *API) assignUser(ctx context.Context, in *struct {
	InOrganization
	Space space.ID     `path:"space" doc:"Id of the space"`
	User  space.UserID `path:"user" doc:"Id of the user, as your own systems know them" example:"ada"`
	Body  struct {
		Role       space.Role `json:"role" doc:"owner, manager or agent" example:"manager"`
		NoExport   bool       `json:"no_export,omitempty" doc:"Of a manager: exporting contacts is withheld (C2-45)"`
		NoDeletion bool       `json:"no_deletion,omitempty" doc:"Of a manager: deleting and merging contacts is withheld (C2-54)"`
	}
},
) (*Recorded, error) {
	room, err := a.enterOf(ctx, in.Organization, in.Space)
	if err != nil {
		return nil, err
	}
	requestOf(ctx).about.Users = given([]assignment{{in.User, in.Body.Role, in.Body.NoExport, in.Body.NoDeletion}})
	at, err := a.Commands.Space(ctx, by(ctx), room, space.Assign{User: in.User, Role: in.Body.Role, NoExport: in.Body.NoExport, NoDeletion: in.Body.NoDeletion})
	return &Recorded{at}, err
}

func (a *API) unassignUser(ctx context.Context, in *struct {
	InOrganization
	Space space.ID     `path:"space" doc:"Id of the space"`
	User  space.UserID `path:"user" doc:"Id of the user"`
},
) (*Recorded, error) {
	room, err := a.enterOf(ctx, in.Organization, in.Space)
	if err != nil {
		return nil, err
	}
	at, err := a.Commands.Space(ctx, by(ctx), room, space.Unassign{User: in.User})
	return &Recorded{at}, err
}

// enterOf is enter for those who administer the spaces of an organization.
func (a *API) enterOf(ctx context.Context, of organization.ID, id space.ID) (commands.Room, error) {
	if _, err := a.Commands.AdministerSpaces(ctx, requestOf(ctx).who, of, access.EditSpaces); err != nil {
		return commands.Room{}, err
	}
	return a.Commands.SpaceOf(ctx, of, issued(id))
}
