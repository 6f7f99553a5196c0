package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain/access"
	"skein/domain/contact"
)

func (a *API) merges(api huma.API) {
	errors := []int{http.StatusNotFound, http.StatusGone, http.StatusConflict}
	operation(api, huma.Operation{
		OperationID: "mergeContacts", Method: http.MethodPost, Path: oneContactPath + "/merge", Tags: mergeTag, Errors: errors,
		Summary:     "Merge another contact into this one",
		Description: "This contact survives and absorbs the other one, whose id leads here from now on (C2-58, C2-68). Each field's value is chosen; where nothing is chosen this contact's value stays, or else the other one's fills in, and tags are united (C2-60).",
	}, a.mergeContacts)
	operation(api, huma.Operation{
		OperationID: "unmergeContact", Method: http.MethodPost, Path: oneContactPath + "/unmerge", Tags: mergeTag, Errors: errors,
		Summary:     "Take this contact out of the one that absorbed it",
		Description: "This contact stands alone again, exactly as its own history says; its survivor is as if it had never been merged, but for what was changed since (C2-70 to C2-78).",
	}, a.unmergeContact)
}

type survivor struct {
	Recorded
	Body struct {
		Survivor contact.ID `json:"survivor"`
	}
}

func (a *API) mergeContacts(ctx context.Context, in *struct {
	InContact
	Body struct {
		Absorb  contact.ID                `json:"absorb" doc:"Id of the contact that becomes a part of this one"`
		Choices map[string]contact.Choice `json:"choices,omitempty" doc:"By field: survivor, absorbed or cleared" example:"{\"phone\":\"absorbed\"}"`
	}
},
) (*survivor, error) {
	room, err := a.enter(ctx, in.Space, access.MergeContacts)
	if err != nil {
		return nil, err
	}
	at, err := a.Commands.MergeContacts(ctx, by(ctx), room, issued(in.Contact), issued(in.Body.Absorb), in.Body.Choices)
	if err != nil {
		return nil, err
	}
	out := &survivor{Recorded: Recorded{at}}
	out.Body.Survivor = in.Contact
	return out, nil
}

type standingAlone struct {
	Recorded
	Body struct {
		ID contact.ID `json:"id"`
	}
}

func (a *API) unmergeContact(ctx context.Context, in *InContact) (*standingAlone, error) {
	room, err := a.enter(ctx, in.Space, access.MergeContacts)
	if err != nil {
		return nil, err
	}
	at, err := a.Commands.UnmergeContact(ctx, by(ctx), room, issued(in.Contact))
	if err != nil {
		return nil, err
	}
	out := &standingAlone{Recorded: Recorded{at}}
	out.Body.ID = in.Contact
	return out, nil
}
