package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"skein/commands"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/projections"
)

func (a *API) erasures(api huma.API) {
	refusals := []int{http.StatusNotFound, http.StatusConflict}
	operation(api, huma.Operation{
		OperationID: "previewErasure", Method: http.MethodPost, Path: oneContactPath + "/erase/preview", Tags: contactTag, Errors: refusals,
		Summary: "See what erasing a contact would come to",
		Description: "Who goes: the contact and all that it absorbed, or that was deleted with it, and by what each is known. Who stays, because they were unmerged or split off, and how much of what was noted with them is of those who go. Nothing is erased. " +
			"The token is needed to erase, and sees to it that exactly these are erased: it is refused as preview_stale once one of them has changed. An absorbed contact is refused with its survivor: unmerge it first if they are two people.",
	}, a.previewErasure)
	operation(api, huma.Operation{
		OperationID: "eraseContact", Method: http.MethodPost, Path: oneContactPath + "/erase", Tags: contactTag, Errors: refusals,
		Summary: "Erase a contact for ever",
		Description: "More than a deletion, after which the history can still be read: all that the contact, and all it absorbed, was and said is taken out of the journal too (D1-14). Also of a contact that was deleted before. Only that something happened stays, and who did it when; what others said and were stays as it was, and so do messages that were noted with a survivor and left there at an unmerge: the preview counts them, and an unmerge by_identity takes them along. " +
			"From the answer on nobody can read any of it, and its identifiers are free. listErasures tells since when it is in no file of the journal. Backups hold what they held. Nobody can undo it.",
		DefaultStatus: http.StatusAccepted,
	}, a.eraseContact)
	operation(api, huma.Operation{
		OperationID: "listErasures", Method: http.MethodGet, Path: "/v1/spaces/{space}/erasures", Tags: contactTag,
		Summary:     "List the contacts that were erased",
		Description: "Ids of contacts that were erased, by whom, when and why, and since when no file of the journal holds anything of them; the last one first.",
		Errors:      []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.listErasures)
}

type erasurePreview struct {
	Body struct {
		Goes  []going   `json:"goes" doc:"Of whom nothing would be left: the contact, and what is a part of it or went with it"`
		Stays []Staying `json:"stays" doc:"Who was once one with them, or was split off"`
		Token string    `json:"token" doc:"To be sent along with the erasure"`
	}
}

// Staying is exported so that huma finds it.
type Staying struct {
	Contact      contact.ID `json:"contact"`
	Name         string     `json:"name,omitempty" doc:"As its own story has it; none: it was deleted"`
	Deleted      bool       `json:"deleted,omitempty"`
	Interactions int        `json:"interactions" doc:"Of those who go that were noted with it: nothing of them would be left"`
	Left         int        `json:"left,omitempty" doc:"Its own by now, that came by an identity of those who go: they stay as they are. An unmerge by_identity before would have taken them along"`
}

type going struct {
	Staying
	Fields     map[string]string  `json:"fields" doc:"Its email, external_id and phone"`
	Identities []contact.Identity `json:"identities" doc:"How it is known on channels"`
	Erased     bool               `json:"erased,omitempty" doc:"It was erased before"`
}

func (a *API) previewErasure(ctx context.Context, in *InContact) (*erasurePreview, error) {
	room, err := a.enter(ctx, in.Space, access.DeleteContacts)
	if err != nil {
		return nil, err
	}
	p, err := a.Commands.PreviewErasure(ctx, room, issued(in.Contact))
	if err != nil {
		return nil, err
	}
	out := &erasurePreview{}
	out.Body.Goes, out.Body.Stays, out.Body.Token = []going{}, []Staying{}, p.Token
	for _, one := range p.Goes {
		out.Body.Goes = append(out.Body.Goes, going{stayingAs(one.Staying), one.Fields, listed(one.Identities), one.Erased})
	}
	for _, one := range p.Stays {
		out.Body.Stays = append(out.Body.Stays, stayingAs(one))
	}
	return out, nil
}

func stayingAs(s commands.Staying) Staying {
	return Staying{s.ID, s.Name, s.Deleted, s.Interactions, s.Left}
}

func (a *API) eraseContact(ctx context.Context, in *struct {
	InContact
	Body struct {
		Token  string `json:"token" doc:"Of the preview"`
		Reason string `json:"reason,omitempty" doc:"Why, for people: at most 200 characters on one line. It stays, so say nothing of the person in it" example:"Asked for it."`
	}
},
) (*Recorded, error) {
	room, err := a.enter(ctx, in.Space, access.DeleteContacts)
	if err != nil {
		return nil, err
	}
	at, err := a.Commands.EraseContact(ctx, by(ctx), room, issued(in.Contact), in.Body.Token, in.Body.Reason)
	return &Recorded{at}, err
}

type erasureList struct {
	Body struct {
		Erasures []projections.Erasure `json:"erasures"`
		Next     string                `json:"next,omitempty" doc:"Cursor of the next page; none on the last one"`
	}
}

func (a *API) listErasures(ctx context.Context, in *struct {
	InSpace
	Since
	Cursor string `query:"cursor" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many a page"`
},
) (*erasureList, error) {
	room, err := a.see(ctx, in.InSpace, in.Since, access.ListContacts, "erasures")
	if err != nil {
		return nil, err
	}
	var out erasureList
	out.Body.Erasures, out.Body.Next, err = projections.ListErasures(ctx, a.DB, room.ID, in.Cursor, in.Limit)
	return &out, err
}
