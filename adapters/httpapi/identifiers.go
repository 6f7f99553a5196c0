package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/domain/space"
)

const identifiersPath = "/v1/spaces/{space}/identifiers"

func (a *API) identifiers(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "readIdentifiers", Method: http.MethodGet, Path: identifiersPath, Tags: fieldTag,
		Summary:     "Read what names one contact",
		Description: "The identifiers whose values belong to one contact of the space each (C1-12). It is read from the journal and never behind.",
		Errors:      []int{http.StatusForbidden, http.StatusNotFound},
	}, a.readIdentifiers)
	operation(api, huma.Operation{
		OperationID: "changeIdentifiers", Method: http.MethodPut, Path: identifiersPath, Tags: fieldTag,
		Summary: "Change what names one contact",
		Description: "Values of what is left out can belong to several contacts from now on (C1-16). What is new names one contact each once no two contacts share a value of it; " +
			"as long as they do, nothing is changed, and the answer is 409 with the values and the contacts that share them (C1-19). " +
			"This takes as long as it takes to look through all contacts of the space, and where several processes serve it, half a minute; if it breaks off, nothing is changed, and it can be sent again. " +
			"If-Match, with the ETag of readIdentifiers, may be sent and then has to fit.",
		Errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed},
	}, a.changeIdentifiers)
	operation(api, huma.Operation{
		OperationID: "lookUpIdentifier", Method: http.MethodPost, Path: identifiersPath + "/lookup", Tags: fieldTag,
		Summary: "Find out whose a value is, and was",
		Description: "The contacts that have, or had, a value of an identifier, and when (C1-23). It is sent in a body, so that it stands in nobody's log. " +
			"Of times in which several contacts could share the value, only those who have it still are known.",
		DefaultStatus: http.StatusOK,
		Errors:        []int{http.StatusForbidden, http.StatusNotFound},
	}, a.lookUpIdentifier)
}

type identifiersRead struct {
	ETag string `header:"ETag" doc:"Of the space as it is told here"`
	Body struct {
		Unique   []space.Identifier `json:"unique" doc:"What names one contact only"`
		Becoming []space.Identifier `json:"becoming,omitempty" doc:"What is being made of it right now"`
	}
}

func (a *API) readIdentifiers(ctx context.Context, in *InSpace) (*identifiersRead, error) {
	room, err := a.enter(ctx, in.Space, access.LookAround)
	if err != nil {
		return nil, err
	}
	told, err := a.Commands.ReadIdentifiers(ctx, room)
	out := &identifiersRead{ETag: etag(domain.Position(told.Length))}
	out.Body.Unique, out.Body.Becoming = told.Unique, told.Becoming
	return out, err
}

func (a *API) changeIdentifiers(ctx context.Context, in *struct {
	InSpace
	Match string `header:"If-Match" doc:"The ETag of readIdentifiers that this was decided on" example:"\"7\""`
	Body  struct {
		Unique []space.Identifier `json:"unique" doc:"What names one contact only from now on: email, external_id, phone"`
	}
},
) (*Recorded, error) {
	room, err := a.enter(ctx, in.Space, access.ManageIdentifiers)
	if err != nil {
		return nil, err
	}
	var length *uint64
	if in.Match != "" {
		told, err := lengthOf(in.Match)
		if err != nil {
			return nil, err
		}
		length = &told
	}
	at, err := a.Commands.ChangeIdentifiers(ctx, by(ctx), room, length, in.Body.Unique)
	var shared *commands.SharedError
	if errors.As(err, &shared) {
		p := requestOf(ctx).problem(ctx, err)
		p.Shared = sharing(shared)
		return nil, p
	}
	return &Recorded{at}, err
}

// shared is what contacts share that is to name one of them.
type shared struct {
	Total  int           `json:"total" doc:"How many values are shared"`
	Values []sharedValue `json:"values" doc:"The first 100 of them"`
}

type sharedValue struct {
	Identifier space.Identifier `json:"identifier"`
	Value      string           `json:"value"`
	Holders    []contact.ID     `json:"holders" doc:"The first 100 contacts that share it"`
}

func sharing(of *commands.SharedError) *shared {
	all := &shared{Total: of.Total}
	for _, v := range of.Values {
		all.Values = append(all.Values, sharedValue{v.Kind, v.Value, v.Holders})
	}
	return all
}

type holders struct {
	Body struct {
		Holders []holding `json:"holders" doc:"In the order in which they got the value; those without until have it"`
	}
}

type holding struct {
	Contact contact.ID `json:"contact"`
	From    time.Time  `json:"from"`
	Until   *time.Time `json:"until,omitempty"`
	PartOf  contact.ID `json:"part_of,omitempty" doc:"The contact that this one was merged into"`
}

func (a *API) lookUpIdentifier(ctx context.Context, in *struct {
	InSpace
	Body struct {
		Identifier space.Identifier `json:"identifier" doc:"email, external_id or phone" example:"email"`
		Value      string           `json:"value" doc:"In whatever way it is written" example:"ada@example.org"`
	}
},
) (*holders, error) {
	room, err := a.enter(ctx, in.Space, access.ListContacts)
	if err != nil {
		return nil, err
	}
	all, err := a.Commands.Holders(ctx, room, in.Body.Identifier, in.Body.Value)
	out := &holders{}
	out.Body.Holders = []holding{}
	for _, one := range all {
		told := holding{Contact: one.Contact, From: one.From}
		if !one.Until.IsZero() {
			told.Until = &one.Until
		}
		if one.Root != one.Contact {
			told.PartOf = one.Root
		}
		out.Body.Holders = append(out.Body.Holders, told)
	}
	return out, err
}
