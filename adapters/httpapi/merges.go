package httpapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
)

func (a *API) merges(api huma.API) {
	refusals := []int{http.StatusNotFound, http.StatusGone, http.StatusConflict}
	operation(api, huma.Operation{
		OperationID: "mergeContacts", Method: http.MethodPost, Path: oneContactPath + "/merge", Tags: mergeTag, Errors: refusals,
		Summary:     "Merge another contact into this one",
		Description: "This contact survives and absorbs the other one, whose id leads here from now on (C2-58, C2-68). Each field's value is chosen; where nothing is chosen this contact's value stays, or else the other one's fills in, and tags are united (C2-60).",
	}, a.mergeContacts)
	operation(api, huma.Operation{
		OperationID: "unmergeContact", Method: http.MethodPost, Path: oneContactPath + "/unmerge", Tags: mergeTag, Errors: refusals,
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
	requestOf(ctx).about.Absorbed = shaped(in.Body.Absorb)
	at, err := a.Commands.MergeContacts(ctx, by(ctx), room, issued(in.Contact), issued(in.Body.Absorb), in.Body.Choices)
	if err != nil {
		return nil, a.whichOne(ctx, room, issued(in.Contact), err)
	}
	out := &survivor{Recorded: Recorded{at}}
	out.Body.Survivor = in.Contact
	return out, nil
}

// whichOne points to the contact that was to be absorbed, if a merge was refused
// because of it.
func (a *API) whichOne(ctx context.Context, room commands.Room, survivor contact.ID, err error) error {
	var refused *domain.Refusal
	switch {
	case !errors.As(err, &refused) || refused.At != "":
	case errors.Is(err, contact.ErrUnknown), refused.Code == "contact_is_itself":
		return refused.Where("/absorb")
	case errors.Is(err, contact.ErrDeleted), errors.Is(err, contact.ErrMerged):
		if a.Commands.Stands(ctx, room, survivor) == nil {
			return refused.Where("/absorb")
		}
	}
	return err
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
