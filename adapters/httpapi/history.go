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
		Description: "Every event in the order of the journal, with who asked for it and when, and the contact as it was told after it. Histories of contacts that are or were a part of it are interleaved; an absorbed contact has its own (C2-66, C2-80).",
		Errors:      []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.readHistory)
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
	Data   json.RawMessage `json:"data" doc:"The event itself"`
	After  told            `json:"after" doc:"The contact after it"`
	PartOf contact.ID      `json:"part_of,omitempty" doc:"The contact it was a part of itself by then"`
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
	id, known := issued(in.Contact), false
	kin, err := projections.Lineage(ctx, a.DB, room.ID, id)
	if err != nil {
		return nil, err
	}
	steps, err := a.Commands.History(ctx, room, id, kin, func(m domain.Moment) bool {
		known = true // at some time, if not by then
		return until(m)
	}, in.After, in.Limit+1) // one more tells whether there is a next page
	if err == nil && !known {
		err = contact.ErrUnknown
	}
	if err != nil {
		return nil, err
	}
	return pageOf(steps, in.Limit)
}

var errAt = domain.Refuse(domain.Invalid, "moment_unreadable", "A moment is a position of the journal, such as 4711, or a time, such as 2026-01-31T12:00:00Z.")

// upTo says of what happened whether it did so up to a moment.
func upTo(moment string) (func(domain.Moment) bool, error) {
	if moment == "" {
		return func(domain.Moment) bool { return true }, nil
	}
	if position, err := strconv.ParseUint(moment, 10, 64); err == nil {
		return func(m domain.Moment) bool { return m.Position <= domain.Position(position) }, nil
	}
	if at, err := time.Parse(time.RFC3339Nano, moment); err == nil {
		return func(m domain.Moment) bool { return !m.At.After(at) }, nil
	}
	return nil, errAt.Where("/at")
}

func pageOf(steps []commands.Step, limit int) (*historyPage, error) {
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
			Position: s.Position, At: s.At, Kind: s.Kind(), Contact: s.Contact, Data: data, PartOf: s.PartOf,
			After: told{s.After.Name(), s.After.Fields(), s.After.Tags(), s.After.Created, s.After.LastInteraction, s.After.Deleted > 0},
		}
		one.By.Actor, one.By.Request = s.By.Actor, s.By.Request
		out.Body.Steps = append(out.Body.Steps, one)
	}
	return out, nil
}
