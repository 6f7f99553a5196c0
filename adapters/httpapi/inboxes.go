package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain/access"
	"skein/domain/inbox"
	"skein/projections"
)

const inboxesPath = "/v1/spaces/{space}/inboxes"

func (a *API) inboxes(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "saveInbox", Method: http.MethodPost, Path: inboxesPath, Tags: inboxTag,
		Summary:       "Save a filter as a Custom Inbox",
		Description:   "An inbox always shows the contacts that meet its filter, and no others (C2-41, C2-42).",
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, a.saveInbox)
	operation(api, huma.Operation{
		OperationID: "listInboxes", Method: http.MethodGet, Path: inboxesPath, Tags: inboxTag,
		Summary:     "List the inboxes of a space",
		Description: "All inboxes by name, each with the number of contacts it shows (C2-4).",
		Errors:      []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.listInboxes)
	operation(api, huma.Operation{
		OperationID: "readInbox", Method: http.MethodGet, Path: inboxesPath + "/{inbox}", Tags: inboxTag,
		Summary:     "Read an inbox",
		Description: "One inbox, with its filter and the number of contacts it shows (C2-41).",
		Errors:      []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.readInbox)
	operation(api, huma.Operation{
		OperationID: "deleteInbox", Method: http.MethodDelete, Path: inboxesPath + "/{inbox}", Tags: inboxTag,
		Summary:     "Delete an inbox",
		Description: "Takes the inbox away. Its contacts stay (C2-43).",
		Errors:      []int{http.StatusNotFound},
	}, a.deleteInbox)
}

// InInbox is the part of a path that names an inbox. Huma only finds it if it is
// exported.
type InInbox struct {
	InSpace
	Inbox inbox.ID `path:"inbox" doc:"Id of the inbox"`
}

type savedInbox struct {
	Recorded
	Location string `header:"Location" doc:"Where the inbox is"`
	Body     struct {
		ID inbox.ID `json:"id"`
	}
}

func (a *API) saveInbox(ctx context.Context, in *struct {
	InSpace
	Body struct {
		Name   string       `json:"name" doc:"1 to 100 characters" example:"Berlin, no customers"`
		Filter inbox.Filter `json:"filter" doc:"all, any, not and test; nested as needed"`
	}
},
) (*savedInbox, error) {
	room, err := a.enter(ctx, in.Space, access.ManageInboxes)
	if err != nil {
		return nil, err
	}
	id, at, err := a.Commands.SaveInbox(ctx, by(ctx), room, inbox.Save{Name: in.Body.Name, Filter: in.Body.Filter})
	if err != nil {
		return nil, err
	}
	out := &savedInbox{Recorded: Recorded{at}, Location: "/v1/spaces/" + string(in.Space) + "/inboxes/" + string(id)}
	out.Body.ID = id
	return out, nil
}

type inboxList struct {
	Body struct {
		Inboxes []projections.Inbox `json:"inboxes"`
	}
}

func (a *API) listInboxes(ctx context.Context, in *struct {
	InSpace
	Since
},
) (*inboxList, error) {
	room, err := a.see(ctx, in.InSpace, in.Since, access.ListContacts, "contacts")
	if err != nil {
		return nil, err
	}
	var out inboxList
	out.Body.Inboxes, err = projections.ListInboxes(ctx, a.DB, room.ID)
	return &out, err
}

func (a *API) readInbox(ctx context.Context, in *struct {
	InInbox
	Since
},
) (*struct{ Body projections.Inbox }, error) {
	room, err := a.see(ctx, in.InSpace, in.Since, access.ListContacts, "contacts")
	if err != nil {
		return nil, err
	}
	one, err := projections.OneInbox(ctx, a.DB, room.ID, issued(in.Inbox))
	return &struct{ Body projections.Inbox }{one}, err
}

func (a *API) deleteInbox(ctx context.Context, in *InInbox) (*Recorded, error) {
	room, err := a.enter(ctx, in.Space, access.ManageInboxes)
	if err != nil {
		return nil, err
	}
	at, err := a.Commands.DeleteInbox(ctx, by(ctx), room, issued(in.Inbox))
	return &Recorded{at}, err
}
