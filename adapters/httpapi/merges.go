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
		OperationID: "previewMerge", Method: http.MethodPost, Path: oneContactPath + "/merge/preview", Tags: mergeTag, Errors: refusals,
		Summary: "See what a merge would make of two contacts",
		Description: "Both contacts as they are and the one they would be, field by field with the reason, and all that follows (C2-59, C2-61). Nothing is merged. " +
			"Sent along with the merge, the token sees to it that exactly this is done, or nothing: it is refused as preview_differs if something else is asked, and as preview_stale once either contact, what is a part of it, or the rules of the space have changed (D1-5). Messages that arrive change none of it.",
	}, a.previewMerge)
	operation(api, huma.Operation{
		OperationID: "mergeContacts", Method: http.MethodPost, Path: oneContactPath + "/merge", Tags: mergeTag, Errors: refusals,
		Summary: "Merge another contact into this one",
		Description: "This contact survives and absorbs the other one, whose id leads here from now on (C2-58, C2-68). Each field's value is chosen (C2-60); where nothing is chosen the rule of the field decides, which for most keeps this contact's value, and the other one's fills in where there is none (D1-9). Tags and channel identities are united. " +
			"Of values that name one contact each, and that both have, one has to be chosen; the other one leads to this contact too (D1-7).",
	}, a.mergeContacts)
	operation(api, huma.Operation{
		OperationID: "mergeMany", Method: http.MethodPost, Path: oneContactPath + "/merge-many", Tags: mergeTag, Errors: refusals,
		Summary: "Merge several contacts into this one",
		Description: "They are merged one after the other, in the order in which they are named, as single merges would be, under one id by which they can be undone together (D1-17). If one of the merges is refused all are undone, and the refusal names the contact. " +
			"What was cut off goes on by itself within a minute or two; sent again under its Idempotency-Key it tells how it ended.",
	}, a.mergeMany)
}

// choices are whose values are kept, by field.
type choices = map[string]contact.Choice

type mergeDone struct {
	Recorded
	Body struct {
		Merge    contact.MergeID `json:"merge" doc:"Id of the merge"`
		Survivor contact.ID      `json:"survivor"`
	}
}

func (a *API) mergeContacts(ctx context.Context, in *struct {
	InContact
	Body struct {
		Absorb  contact.ID `json:"absorb" doc:"Id of the contact that becomes a part of this one"`
		Choices choices    `json:"choices,omitempty" doc:"By field: survivor, absorbed or cleared" example:"{\"phone\":\"absorbed\"}"`
		Token   string     `json:"token,omitempty" doc:"Of the preview; without one, whatever the merge comes to is done"`
		Reason  string     `json:"reason,omitempty" doc:"Why, for people: at most 200 characters on one line"`
	}
},
) (*mergeDone, error) {
	room, err := a.enter(ctx, in.Space, access.MergeContacts)
	if err != nil {
		return nil, err
	}
	requestOf(ctx).about.Absorbed = shaped(in.Body.Absorb)
	survivor, absorbed, cmd := issued(in.Contact), issued(in.Body.Absorb), contact.Absorb{Choices: in.Body.Choices, Reason: in.Body.Reason}
	out := &mergeDone{}
	if in.Body.Token == "" {
		out.Body.Merge, out.Recorded.Position, err = a.Commands.MergeContacts(ctx, by(ctx), room, survivor, absorbed, cmd)
	} else {
		out.Body.Merge, out.Recorded.Position, err = a.Commands.MergeAsPreviewed(ctx, by(ctx), room, survivor, absorbed, cmd, in.Body.Token)
	}
	if err != nil {
		return nil, a.whichOne(ctx, room, survivor, err)
	}
	requestOf(ctx).about.Merge = shaped(out.Body.Merge)
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

type batchDone struct {
	Recorded
	Body struct {
		Batch    contact.MergeID `json:"batch" doc:"Id of these merges together"`
		Survivor contact.ID      `json:"survivor"`
	}
}

func (a *API) mergeMany(ctx context.Context, in *struct {
	InContact
	Body struct {
		Absorb  []contact.ID           `json:"absorb" minItems:"2" maxItems:"50" doc:"Ids of 2 to 50 contacts that become a part of this one"`
		Choices map[contact.ID]choices `json:"choices,omitempty" doc:"By contact and field: survivor, absorbed or cleared"`
		Reason  string                 `json:"reason,omitempty" doc:"Why, for people: at most 200 characters on one line"`
	}
},
) (*batchDone, error) {
	room, err := a.enter(ctx, in.Space, access.MergeContacts)
	if err != nil {
		return nil, err
	}
	cmd := commands.MergeMany{Choices: map[contact.ID]choices{}, Reason: in.Body.Reason}
	for _, id := range in.Body.Absorb {
		cmd.Absorb = append(cmd.Absorb, issued(id))
	}
	for id, chosen := range in.Body.Choices {
		cmd.Choices[issued(id)] = chosen
	}
	out := &batchDone{}
	out.Body.Batch, out.Recorded.Position, err = a.Commands.MergeMany(ctx, by(ctx), room, issued(in.Contact), cmd)
	if err != nil {
		return nil, err
	}
	requestOf(ctx).about.Merge = shaped(out.Body.Batch)
	out.Body.Survivor = in.Contact
	return out, nil
}
