package httpapi

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain/access"
	"skein/domain/space"
)

func (a *API) fields(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "defineField", Method: http.MethodPost, Path: "/v1/spaces/{space}/fields", Tags: fieldTag,
		Summary:     "Define a custom field",
		Description: "Contacts of the space can have a value of it from now on (C2-37). The same field defined again is already so.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict},
	}, a.defineField)
	operation(api, huma.Operation{
		OperationID: "listFields", Method: http.MethodGet, Path: "/v1/spaces/{space}/fields", Tags: fieldTag,
		Summary:     "List the fields of a space",
		Description: "What contacts of the space can have a value of: the standard fields and then its own. It is read from the journal and never behind.",
		Errors:      []int{http.StatusNotFound},
	}, a.listFields)
}

// InSpace is the part of a path that names a space. Huma only finds it if it is
// exported.
type InSpace struct {
	Space space.ID `path:"space" doc:"Id of the space"`
}

func (a *API) defineField(ctx context.Context, in *struct {
	InSpace
	Body struct {
		Key     string     `json:"key" doc:"For programs, for ever: lower case letters, digits and underscores" example:"favourite_tea"`
		Label   string     `json:"label,omitempty" doc:"For people; default: the key" example:"Favourite tea"`
		Type    space.Type `json:"type" doc:"text, number, date, time, checkbox, list, multi_list, url, email or phone" example:"list"`
		Options []string   `json:"options,omitempty" doc:"What a list offers"`
		Merge   space.Rule `json:"merge,omitempty" doc:"What becomes of two values in a merge where nobody chooses: keep (the survivor's), newest; numbers also sum, max, min; dates and times max, min; checkboxes any, all; multi lists union, which is their default" example:"keep"`
	}
},
) (*Recorded, error) {
	room, err := a.enter(ctx, in.Space, access.ManageFields)
	if err != nil {
		return nil, err
	}
	at, err := a.Commands.Space(ctx, by(ctx), room, space.DefineField(in.Body))
	return &Recorded{at}, err
}

type fieldList struct {
	Body struct {
		Fields []listedField `json:"fields"`
	}
}

type listedField struct {
	space.Field
	Standard bool `json:"standard" doc:"Contacts of every space have it"`
}

func (a *API) listFields(ctx context.Context, in *struct {
	InSpace
	Since
},
) (*fieldList, error) {
	room, err := a.enter(ctx, in.Space, access.LookAround)
	if err != nil {
		return nil, err
	}
	out := &fieldList{}
	for _, key := range slices.Sorted(maps.Keys(space.Standard)) {
		out.Body.Fields = append(out.Body.Fields, listedField{space.Field{Key: key, Label: key, Type: space.Standard[key]}, true})
	}
	for _, f := range room.Space.Fields {
		out.Body.Fields = append(out.Body.Fields, listedField{f, false})
	}
	return out, nil
}
