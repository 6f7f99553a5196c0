package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
)

func (a *API) tagMany(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "tagContacts", Method: http.MethodPost, Path: contactsPath + "/tags", Tags: contactTag,
		Summary: "Tag many contacts",
		Description: "Adds tags to up to 1,000 contacts and takes others off them; tags need not be known before (C2-56). The answer says of each contact what became of it (C2-57): changed; unchanged, where it was so already, also by what was merged into it, and nothing is recorded; " +
			"or failed, with the reason. One that fails holds up none of the others, and what was done stays. A contact that was merged into another one is tagged as that one, which is named as survivor. With Accept: application/x-ndjson there is a line for each contact as it is done, " +
			"lines of progress, at most two a second, and at the end done or error, either with the tally. Whoever is cut off sends it again under the same Idempotency-Key: contacts that were changed are so told again and not touched, whatever became of them since; all others are looked at anew.",
		Responses: map[string]*huma.Response{"200": taggedAnswer()},
		Errors:    []int{http.StatusForbidden, http.StatusNotFound},
	}, a.tagContacts)
}

// taggedRow is what became of a contact.
type taggedRow struct {
	Contact  contact.ID          `json:"contact"`
	Survivor contact.ID          `json:"survivor,omitempty"`
	Outcome  commands.TagOutcome `json:"outcome"`
	Error    map[string]string   `json:"error,omitempty"`
}

type taggedTally struct {
	Matched   int              `json:"matched"`
	Changed   int              `json:"changed"`
	Unchanged int              `json:"unchanged"`
	Failed    int              `json:"failed"`
	Position  *domain.Position `json:"position,omitempty"` // once it is done
}

func (t *taggedTally) count(outcome commands.TagOutcome) {
	switch outcome {
	case commands.TagChanged:
		t.Changed++
	case commands.TagUnchanged:
		t.Unchanged++
	case commands.TagFailed:
		t.Failed++
	}
}

type taggedAll struct {
	taggedTally
	Results []taggedRow `json:"results"`
}

const lines = "application/x-ndjson"

func (a *API) tagContacts(ctx context.Context, in *struct {
	InSpace
	Accept string `header:"Accept" hidden:"true"`
	Body   struct {
		Contacts []contact.ID `json:"contacts" minItems:"1" maxItems:"1000" doc:"Ids of 1 to 1,000 contacts; one that is named again counts once"`
		Tag      []string     `json:"tag,omitempty" doc:"Tags to add"`
		Untag    []string     `json:"untag,omitempty" doc:"Tags to remove, also of those to add; 1 to 100 tags are added and removed at once"`
	}
},
) (*huma.StreamResponse, error) {
	room, err := a.enter(ctx, in.Space, access.EditContacts)
	if err != nil {
		return nil, err
	}
	cmd := commands.TagMany{Tag: in.Body.Tag, Untag: in.Body.Untag}
	named := map[contact.ID]contact.ID{} // as they were sent
	for _, id := range in.Body.Contacts {
		cmd.Contacts = append(cmd.Contacts, issued(id))
		named[issued(id)] = id
	}
	if strings.Contains(in.Accept, lines) {
		return a.tagTelling(ctx, room, cmd, named)
	}
	rows, all := map[contact.ID]taggedRow{}, taggedAll{}
	all.Matched = len(named)
	last, err := a.Commands.TagContacts(ctx, by(ctx), room, cmd, func(done commands.Tagged) {
		rows[done.Contact] = rowOf(done, named)
		all.count(done.Outcome)
	})
	if err != nil {
		return nil, err
	}
	for _, id := range cmd.Contacts {
		if row, first := rows[id]; first {
			all.Results = append(all.Results, row)
			delete(rows, id)
		}
	}
	all.Position = &last
	return &huma.StreamResponse{Body: func(out huma.Context) {
		out.SetHeader("Content-Type", "application/json")
		out.SetHeader("Journal-Position", positionText(last))
		out.SetStatus(http.StatusOK)
		_ = json.NewEncoder(out.BodyWriter()).Encode(all) // nobody is left to hear of a fault here
	}}, nil
}

// tagTelling tells of each contact as it is done. What is wrong with all of it is
// refused before the answer begins.
func (a *API) tagTelling(ctx context.Context, room commands.Room, cmd commands.TagMany, named map[contact.ID]contact.ID) (*huma.StreamResponse, error) {
	var told *report[taggedTally]
	last, err := a.Commands.TagContacts(ctx, by(ctx), room, cmd, func(done commands.Tagged) {
		if told == nil {
			out := requestOf(ctx).out
			told = new(newReport[taggedTally](out, http.NewResponseController(out)))
			told.tally.Matched = len(named)
		}
		defer told.writing()()
		told.tally.count(done.Outcome)
		_ = told.json.Encode(rowOf(done, named))
		told.progress()
	})
	if told == nil {
		return nil, err
	}
	if err == nil {
		told.tally.Position = &last
	}
	told.end(ctx, last, err)
	return &huma.StreamResponse{Body: func(huma.Context) {}}, nil
}

func rowOf(done commands.Tagged, named map[contact.ID]contact.ID) taggedRow {
	row := taggedRow{Contact: named[done.Contact], Survivor: done.Survivor, Outcome: done.Outcome}
	if done.Err != nil {
		row.Error = wordsOf(done.Err)
	}
	return row
}

// taggedAnswer describes the answer in both of its forms.
func taggedAnswer() *huma.Response {
	number := func(says string) *huma.Schema { return &huma.Schema{Type: "integer", Description: says} }
	row := &huma.Schema{Type: "object", Required: []string{"contact", "outcome"}, Properties: map[string]*huma.Schema{
		"contact":  {Type: "string"},
		"survivor": {Type: "string", Description: "The contact that it is a part of, and that was tagged in its place"},
		"outcome":  {Type: "string", Enum: []any{commands.TagChanged, commands.TagUnchanged, commands.TagFailed}},
		"error":    {Type: "object", Description: "Why it failed: code, detail and what these speak of", AdditionalProperties: &huma.Schema{Type: "string"}},
	}}
	all := &huma.Schema{Type: "object", Required: []string{"matched", "changed", "unchanged", "failed", "results"}, Properties: map[string]*huma.Schema{
		"matched":   number("How many contacts were named: all those below together"),
		"changed":   number("How many have other tags than before"),
		"unchanged": number("How many had and had not what was asked"),
		"failed":    number("How many could not be tagged"),
		"position":  number("The same as Journal-Position"),
		"results":   {Type: "array", Items: row, Description: "In the order in which they were named"},
	}}
	return &huma.Response{
		Description: "What became of each",
		Headers:     map[string]*huma.Param{"Journal-Position": {Description: "Where it is in the journal; a trailer if the answer is lines", Schema: &huma.Schema{Type: "integer"}}},
		Content: map[string]*huma.MediaType{
			"application/json": {Schema: all},
			lines: {
				Schema:  &huma.Schema{Type: "string"},
				Example: `{"contact":"0199dead-0000-7000-8000-000000000001","outcome":"changed"}` + "\n" + `{"done":{"matched":1,"changed":1,"unchanged":0,"failed":0,"position":4711}}`,
			},
		},
	}
}
