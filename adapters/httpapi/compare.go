package httpapi

import (
	"context"
	"slices"

	"skein/domain"
	"skein/domain/contact"
)

type comparison struct {
	Body struct {
		From    pastMoment   `json:"from"`
		To      pastMoment   `json:"to"`
		Changes []alteration `json:"changes" doc:"Fields, tags and identities that differ; of a contact that did not stand at one of the moments, all it has at the other"`
		Joined  []contact.ID `json:"joined" doc:"Contacts that are a part of it at the second moment only"`
		Left    []contact.ID `json:"left" doc:"Contacts that were a part of it at the first moment only"`
	}
}

// pastMoment is what a contact was at a moment.
type pastMoment struct {
	State    pastState       `json:"state" enum:"standing,absorbed,deleted,not_yet"`
	Position domain.Position `json:"position" doc:"Of the last event by then that changed the contact"`
	PartOf   contact.ID      `json:"part_of,omitempty" doc:"The contact it was a part of, if it was absorbed"`
}

func (a *API) compareContact(ctx context.Context, in *struct {
	InContact
	Since
	From string `query:"from" default:"0" doc:"A position of the journal, or a time (RFC 3339); default: before all" example:"4711"`
	To   string `query:"to" doc:"The same; default: now"`
},
) (*comparison, error) {
	past, err := a.past(ctx, in.InContact, in.Since, in.From, in.To)
	if err != nil {
		return nil, err
	}
	from, to := past[0], past[1]
	out := &comparison{}
	out.Body.From = pastMoment{from.state(), from.last, from.partOf()}
	out.Body.To = pastMoment{to.state(), to.last, to.partOf()}
	out.Body.Changes = altered(from.id, from.told(), to.told())
	out.Body.Joined, out.Body.Left = lacking(to.parts(), from.parts()), lacking(from.parts(), to.parts())
	return out, nil
}

// told is the contact as people saw it: nothing, unless it stood.
func (p past) told() contact.Contact {
	if p.state() != stood {
		return contact.Contact{}
	}
	return p.family.Told(p.id)
}

// parts are the contacts that were a part of it.
func (p past) parts() []contact.ID {
	if p.state() != stood {
		return nil
	}
	return p.family.Within(p.id)[1:]
}

// lacking are those that are not among the others.
func lacking(ids, others []contact.ID) []contact.ID {
	return slices.DeleteFunc(append([]contact.ID{}, ids...), func(id contact.ID) bool { return slices.Contains(others, id) })
}
