package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"skein/commands"
	"skein/domain/access"
	"skein/domain/contact"
)

func (a *API) splits(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "splitContact", Method: http.MethodPost, Path: oneContactPath + "/split", Tags: mergeTag,
		Summary: "Make a part of this contact a new one",
		Description: "For two people behind one contact who were never merged here (D2-11, D2-12): values of its own, tags and channel identities go to a new contact, and interactions if that is asked for. The next message on an identity that went reaches the new contact. " +
			"It counts as one that is added, so a full space refuses it. What was cut off goes on by itself within a minute or two; sent again under its Idempotency-Key it tells how it ended.",
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusNotFound, http.StatusGone, http.StatusConflict},
	}, a.splitContact)
}

func (a *API) splitContact(ctx context.Context, in *struct {
	InContact
	Body struct {
		Fields       []string           `json:"fields,omitempty" doc:"Keys of fields whose values go"`
		Tags         []string           `json:"tags,omitempty"`
		Identities   []contact.Identity `json:"identities,omitempty" doc:"Identities on channels"`
		Interactions commands.Goes      `json:"interactions,omitempty" doc:"by_identity: those go that the identities carried; listed: those of the list; left out: none"`
		Listed       []contact.Ref      `json:"listed,omitempty" doc:"Interactions, by sort and id" example:"[\"message 5f0c\"]"`
	}
},
) (*createdContact, error) {
	room, err := a.enter(ctx, in.Space, access.UnmergeContacts)
	if err != nil {
		return nil, err
	}
	id, at, err := a.Commands.SplitContact(ctx, by(ctx), room, issued(in.Contact), commands.Split(in.Body))
	if err != nil {
		return nil, err
	}
	out := &createdContact{Recorded: Recorded{at}, Location: contactPath(in.Space, id)}
	out.Body.ID = id
	return out, nil
}
