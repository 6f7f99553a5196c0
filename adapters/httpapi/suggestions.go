package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain/access"
	"skein/domain/contact"
	"skein/projections"
)

const suggestionsPath = "/v1/spaces/{space}/suggestions"

func (a *API) suggestions(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "listSuggestions", Method: http.MethodGet, Path: suggestionsPath, Tags: mergeTag,
		Summary: "List who may be one",
		Description: "Contacts that are alike, the most alike first, by names, date of birth, address, phone numbers, email addresses and other identifiers, also where those are fields of the space's own. " +
			"It follows every change; who was judged distinct, or was merged and taken apart, is not suggested again (D1-20, D2-13). What more than 40 contacts share says nothing of them.",
		Errors: []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.listSuggestions)
	operation(api, huma.Operation{
		OperationID: "listContactSuggestions", Method: http.MethodGet, Path: oneContactPath + "/suggestions", Tags: mergeTag,
		Summary:     "List who may be one with a contact",
		Description: "The same as listing all, for one contact, which is always a.",
		Errors:      []int{http.StatusPermanentRedirect, http.StatusNotFound, http.StatusGone, http.StatusServiceUnavailable},
	}, a.listContactSuggestions)
	refusals := []int{http.StatusNotFound, http.StatusGone, http.StatusConflict}
	operation(api, huma.Operation{
		OperationID: "judgeDistinct", Method: http.MethodPost, Path: suggestionsPath + "/distinct", Tags: mergeTag, Errors: refusals,
		Summary:     "Say that two contacts are not one",
		Description: "In whichever order they are named. They are not suggested any more, however alike they are (D1-20). Said twice it is already so.",
	}, a.judgeDistinct)
	operation(api, huma.Operation{
		OperationID: "reconsiderDistinct", Method: http.MethodDelete, Path: suggestionsPath + "/distinct", Tags: mergeTag, Errors: refusals,
		Summary:     "Take back that two contacts are not one",
		Description: "Whether somebody said so or a merge of the two was undone (D2-13). They are suggested again if they are alike.",
	}, a.reconsiderDistinct)
}

// SuggestionPage is the part of a query that asks for a page of suggestions. Huma only
// finds it if it is exported.
type SuggestionPage struct {
	Cursor string `query:"cursor" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many a page"`
}

type suggestionList struct {
	Body struct {
		Suggestions []projections.Suggestion `json:"suggestions"`
		Next        string                   `json:"next,omitempty" doc:"Cursor of the next page; none on the last one"`
	}
}

func (a *API) listSuggestions(ctx context.Context, in *struct {
	InSpace
	Since
	SuggestionPage
},
) (*suggestionList, error) {
	room, err := a.see(ctx, in.InSpace, in.Since, access.ListContacts, "suggestions")
	if err != nil {
		return nil, err
	}
	var out suggestionList
	out.Body.Suggestions, out.Body.Next, err = projections.ListSuggestions(ctx, a.DB, room.ID, in.Cursor, in.Limit)
	return &out, err
}

func (a *API) listContactSuggestions(ctx context.Context, in *struct {
	InContact
	Since
	SuggestionPage
},
) (*suggestionList, error) {
	room, err := a.see(ctx, in.InSpace, in.Since, access.ListContacts, "suggestions")
	if err != nil {
		return nil, err
	}
	if err := a.Commands.Stands(ctx, room, issued(in.Contact)); err != nil {
		return nil, err
	}
	var out suggestionList
	out.Body.Suggestions, out.Body.Next, err = projections.SuggestionsOf(ctx, a.DB, room.ID, issued(in.Contact), in.Cursor, in.Limit)
	return &out, err
}

// Two are two contacts that something is said of. Huma only finds it if it is exported.
type Two struct {
	InSpace
	Body struct {
		A contact.ID `json:"a" doc:"Id of the one"`
		B contact.ID `json:"b" doc:"Id of the other"`
	}
}

func (a *API) judgeDistinct(ctx context.Context, in *Two) (*Recorded, error) {
	room, err := a.enter(ctx, in.Space, access.EditContacts)
	if err != nil {
		return nil, err
	}
	requestOf(ctx).about.Contact, requestOf(ctx).about.Other = shaped(in.Body.A), shaped(in.Body.B)
	at, err := a.Commands.JudgeDistinct(ctx, by(ctx), room, issued(in.Body.A), issued(in.Body.B))
	return &Recorded{at}, err
}

func (a *API) reconsiderDistinct(ctx context.Context, in *Two) (*Recorded, error) {
	room, err := a.enter(ctx, in.Space, access.EditContacts)
	if err != nil {
		return nil, err
	}
	requestOf(ctx).about.Contact, requestOf(ctx).about.Other = shaped(in.Body.A), shaped(in.Body.B)
	at, err := a.Commands.Reconsider(ctx, by(ctx), room, issued(in.Body.A), issued(in.Body.B))
	return &Recorded{at}, err
}
