package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/projections"
)

func (a *API) asOf(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "readContactAsOf", Method: http.MethodGet, Path: oneContactPath + "/as-of", Tags: mergeTag,
		Summary:     "Read a contact as it was",
		Description: "The contact as the journal tells it up to a position or a time, with where each value came from. Before, during and after a merge there are two contacts, one and two (D2-15): while it was absorbed, the answer names the contact it was a part of.",
		Errors:      []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.readContactAsOf)
	operation(api, huma.Operation{
		OperationID: "compareContact", Method: http.MethodGet, Path: oneContactPath + "/diff", Tags: mergeTag,
		Summary:     "Compare a contact with itself at another moment",
		Description: "What differs between two moments, each a position or a time: state, values with their sources, and the contacts that were a part of it.",
		Errors:      []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.compareContact)
	operation(api, huma.Operation{
		OperationID: "readLineage", Method: http.MethodGet, Path: oneContactPath + "/lineage", Tags: mergeTag,
		Summary:     "Read the lineage of a contact",
		Description: "All contacts that are or ever were one with it, as trees of what is merged now, and all merges, undone ones too, and splits in their order.",
		Errors:      []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.readLineage)
}

// pastState is what a contact was at a moment.
type pastState string

const (
	stood    pastState = "standing"
	absorbed pastState = "absorbed"
	deleted  pastState = "deleted"
	unborn   pastState = "not_yet"
)

// pastContact is a contact as it was.
type pastContact struct {
	State    pastState                `json:"state" enum:"standing,absorbed,deleted,not_yet"`
	Position domain.Position          `json:"position" doc:"Of the last event by then that changed it; 0: there was none"`
	PartOf   contact.ID               `json:"part_of,omitempty" doc:"The contact it was a part of, if it was absorbed"`
	Contact  *projections.FullContact `json:"contact,omitempty" doc:"None, unless it stood"`
}

type pastContactRead struct{ Body pastContact }

func (a *API) readContactAsOf(ctx context.Context, in *struct {
	InContact
	Since
	At string `query:"at" doc:"A position of the journal, or a time (RFC 3339); default: now" example:"2026-01-31T12:00:00Z"`
},
) (*pastContactRead, error) {
	past, err := a.past(ctx, in.InContact, in.Since, in.At)
	if err != nil {
		return nil, err
	}
	was := past[0]
	told := pastContact{State: was.state(), Position: was.last, PartOf: was.partOf()}
	if told.State == stood {
		full := projections.Full(was.family, was.id)
		full.Position = was.last
		told.Contact = &full
	}
	return &pastContactRead{told}, nil
}

// past is a contact at a moment.
type past struct {
	id     contact.ID
	family *contact.Family
	last   domain.Position
}

// past is a contact as it was at each of some moments.
func (a *API) past(ctx context.Context, in InContact, since Since, moments ...string) ([]past, error) {
	untils := make([]commands.Until, len(moments))
	for i, moment := range moments {
		var err error
		if untils[i], err = upTo(moment); err != nil {
			return nil, err
		}
	}
	room, err := a.see(ctx, in.InSpace, since, access.ListContacts, "contacts")
	if err != nil {
		return nil, err
	}
	id := issued(in.Contact)
	kin, err := projections.Lineage(ctx, a.DB, room.ID, id)
	if err != nil {
		return nil, err
	}
	all := make([]past, len(moments))
	for i, until := range untils {
		family, last, err := a.Commands.AsOf(ctx, room, id, kin, until)
		if err != nil {
			return nil, err
		}
		all[i] = past{id, family, last}
	}
	return all, nil
}

func (p past) state() pastState {
	switch own := p.family.Own(p.id); {
	case own.Created.IsZero():
		return unborn
	case own.Deleted > 0:
		return deleted
	case own.Merge.Into != "":
		return absorbed
	}
	return stood
}

func (p past) partOf() contact.ID {
	if p.state() == absorbed {
		return p.family.Root(p.id)
	}
	return ""
}
