package httpapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/audit"
	"skein/domain/contact"
	"skein/domain/space"
)

func (a *API) identify(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "identifyContact", Method: http.MethodPost, Path: contactsPath + "/identify", Tags: contactTag,
		Summary: "Add or change a contact by what names it",
		Description: "Whoever has one of the identifiers or identities is changed; if nobody has, a contact is added, one also if many ask at once. " +
			"Values that name two contacts are refused with both of them and the merge that would make them one, unless the space merges by itself (C1-21): " +
			"then the one with an external_id survives, or else the one with more identifiers, or else the older one (D1-10).",
		Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, a.identifyContact)
	operation(api, huma.Operation{
		OperationID: "setAutoMerge", Method: http.MethodPut, Path: "/v1/spaces/{space}/auto-merge", Tags: fieldTag,
		Summary: "Let contacts be merged by themselves, or not",
		Description: "Two contacts that one person turns out to be are merged without being asked, only where each of the values that came together names one of them, the other one has none of that kind, " +
			"and nobody judged them distinct (C1-21, D1-20). It is off at first.",
		Errors: []int{http.StatusNotFound},
	}, a.setAutoMerge)
	operation(api, huma.Operation{
		OperationID: "readAutoMerge", Method: http.MethodGet, Path: "/v1/spaces/{space}/auto-merge", Tags: fieldTag,
		Summary:     "Read whether contacts are merged by themselves",
		Description: "It is read from the journal and never behind.",
		Errors:      []int{http.StatusNotFound},
	}, a.readAutoMerge)
}

type identified struct {
	Recorded
	Location string `header:"Location" doc:"Where the contact is"`
	Body     struct {
		ID       contact.ID      `json:"id"`
		Created  bool            `json:"created"`
		Merge    contact.MergeID `json:"merge,omitempty" doc:"By which two contacts became this one"`
		Absorbed contact.ID      `json:"absorbed,omitempty" doc:"The other one of the two"`
	}
}

func (a *API) identifyContact(ctx context.Context, in *struct {
	InSpace
	Body struct {
		Fields     values             `json:"fields,omitempty" doc:"Values by the field's key. Those of identifiers that name one contact find it; an empty value or null clears a field" example:"{\"email\":\"ada@example.org\",\"external_id\":\"A-1815\",\"first_name\":\"Ada\"}"`
		Identities []contact.Identity `json:"identities,omitempty" doc:"On channels: they find the contact too"`
		Tags       []string           `json:"tags,omitempty" doc:"Tags to add"`
	}
},
) (*identified, error) {
	room, err := a.enter(ctx, in.Space, access.EditContacts)
	if err != nil {
		return nil, err
	}
	done, err := a.Commands.IdentifyContact(ctx, by(ctx), room, commands.Identify{Fields: in.Body.Fields.fields(), Identities: in.Body.Identities, Tags: in.Body.Tags})
	var two *domain.Refusal
	if errors.As(err, &two) && errors.Is(err, commands.ErrTwo) && two.Names["survivor"] != "" {
		err = two.Naming("merge", contactPath(in.Space, contact.ID(two.Names["survivor"]))+"/merge")
	}
	if err != nil {
		return nil, err
	}
	if done.Merged != "" {
		requestOf(ctx).about.Contact, requestOf(ctx).about.Absorbed = done.Contact, done.Absorbed
		a.note(ctx, audit.Done)
	}
	out := &identified{Recorded: Recorded{done.Position}, Location: contactPath(in.Space, done.Contact)}
	out.Body.ID, out.Body.Created, out.Body.Merge, out.Body.Absorbed = done.Contact, done.Created, done.Merged, done.Absorbed
	return out, nil
}

func (a *API) setAutoMerge(ctx context.Context, in *struct {
	InSpace
	Body struct {
		On bool `json:"on"`
	}
},
) (*Recorded, error) {
	room, err := a.enter(ctx, in.Space, access.ManageIdentifiers)
	if err != nil {
		return nil, err
	}
	at, err := a.Commands.Space(ctx, by(ctx), room, space.SetAutoMerge(in.Body))
	return &Recorded{at}, err
}

type autoMerge struct {
	Body struct {
		On bool `json:"on"`
	}
}

func (a *API) readAutoMerge(ctx context.Context, in *InSpace) (*autoMerge, error) {
	room, err := a.enter(ctx, in.Space, access.LookAround)
	if err != nil {
		return nil, err
	}
	out := &autoMerge{}
	out.Body.On = room.Space.AutoMerge
	return out, nil
}
