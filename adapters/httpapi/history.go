package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/projections"
)

func (a *API) history(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "readHistory", Method: http.MethodGet, Path: oneContactPath + "/history", Tags: mergeTag,
		Summary:     "Read the history of a contact",
		Description: "Every event in the order of the journal, with who asked for it and when, what it changed of the contact, and the contact as it was told after it. Histories of contacts that are or were a part of it are interleaved; an absorbed contact has its own (C2-66, C2-80).",
		Errors:      []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.readHistory)
	a.asOf(api)
}

type step struct {
	Position domain.Position `json:"position"`
	At       time.Time       `json:"at"`
	Kind     string          `json:"kind" example:"contact.merged"`
	Contact  contact.ID      `json:"contact" doc:"To whom it happened"`
	By       struct {
		Actor   domain.Actor `json:"actor"`
		Request string       `json:"request,omitempty"`
	} `json:"by"`
	Data    json.RawMessage `json:"data" doc:"The event itself"`
	Changes []alteration    `json:"changes" doc:"What it changed of what people see of the contact"`
	After   told            `json:"after" doc:"The contact after it"`
	PartOf  contact.ID      `json:"part_of,omitempty" doc:"The contact it was a part of itself by then"`
}

// alteration is what one field, tag or identity was and is.
type alteration struct {
	Of     string `json:"of" doc:"A field by its key, a tag after #, an identity after @" example:"first_name"`
	Before *said  `json:"before,omitempty" doc:"None: it had no value"`
	After  *said  `json:"after,omitempty" doc:"None: it has no value"`
}

// said is a value with where it comes from.
type said struct {
	Value    string          `json:"value" doc:"Of a tag or an identity always: on"`
	Contact  contact.ID      `json:"contact" doc:"Who said so"`
	Position domain.Position `json:"position" doc:"Of the event that says so"`
	How      string          `json:"how,omitempty" doc:"Why it counts: chosen, or a rule; none: nobody says otherwise, or it was there first"`
}

// altered is what changed of a contact from one telling to another.
func altered(id contact.ID, before, after contact.Contact) []alteration {
	all := []alteration{}
	for _, c := range contact.Changes(before, after) {
		all = append(all, alteration{string(c.Slot), saying(id, c.Before), saying(id, c.After)})
	}
	return all
}

func saying(id contact.ID, v contact.Value) *said {
	if v.Text == "" {
		return nil
	}
	return &said{v.Text, v.By(id), v.At, v.How}
}

type told struct {
	Name            string            `json:"name"`
	Fields          map[string]string `json:"fields"`
	Tags            []string          `json:"tags"`
	Created         time.Time         `json:"created"`
	LastInteraction time.Time         `json:"last_interaction,omitzero"`
	Deleted         bool              `json:"deleted,omitempty"`
}

type historyPage struct {
	Body struct {
		Steps []step          `json:"steps"`
		Next  domain.Position `json:"next,omitempty" doc:"What to send as after for the next page; none on the last one"`
	}
}

func (a *API) readHistory(ctx context.Context, in *struct {
	InContact
	Since
	At    string          `query:"at" doc:"Only what happened up to this position, or this time (RFC 3339)" example:"2026-01-31T12:00:00Z"`
	After domain.Position `query:"after" doc:"Only what happened after this position"`
	Limit int             `query:"limit" minimum:"1" maximum:"200" default:"100" doc:"How many a page"`
},
) (*historyPage, error) {
	until, err := upTo(in.At)
	if err != nil {
		return nil, err
	}
	room, err := a.see(ctx, in.InSpace, in.Since, access.ListContacts, "contacts")
	if err != nil {
		return nil, err
	}
	id := issued(in.Contact)
	kin, err := projections.Lineage(ctx, a.DB, room.ID, id)
	if err != nil {
		return nil, err
	}
	steps, err := a.Commands.History(ctx, room, id, kin, until, in.After, in.Limit+1) // one more tells whether there is a next page
	if err != nil {
		return nil, err
	}
	return pageOf(id, steps, in.Limit)
}

var errAt = domain.Refuse(domain.Invalid, "moment_unreadable", "A moment is a position of the journal, such as 4711, or a time, such as 2026-01-31T12:00:00Z.")

// upTo is until as far as a moment, none being as far as everything goes.
func upTo(moment string) (until commands.Until, err error) {
	if moment == "" {
		return until, nil
	}
	if position, err := strconv.ParseUint(moment, 10, 64); err == nil {
		return until.UpTo(domain.Position(position)), nil
	}
	if at, err := time.Parse(time.RFC3339Nano, moment); err == nil {
		return until.Till(at), nil
	}
	return until, errAt.Where("/at")
}

func pageOf(id contact.ID, steps []commands.Step, limit int) (*historyPage, error) {
	out := &historyPage{}
	out.Body.Steps = []step{}
	for _, s := range steps {
		if len(out.Body.Steps) == limit {
			out.Body.Next = out.Body.Steps[limit-1].Position
			break
		}
		data, err := json.Marshal(s.Event)
		if err != nil {
			return nil, err
		}
		one := step{
			Position: s.Position, At: s.At, Kind: s.Kind(), Contact: s.Contact, Data: data, PartOf: s.PartOf, Changes: altered(id, s.Before, s.After),
			After: told{s.After.Name(), s.After.Fields(), s.After.Tags(), s.After.Created, s.After.LastInteraction, s.After.Deleted > 0},
		}
		one.By.Actor, one.By.Request = s.By.Actor, s.By.Request
		out.Body.Steps = append(out.Body.Steps, one)
	}
	return out, nil
}
