package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain"
	"skein/domain/access"
	"skein/domain/organization"
	"skein/domain/space"
	"skein/projections"
)

func (a *API) usage(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "readUsage", Method: http.MethodGet, Path: organizationPath + "/usage", Tags: organizationTag,
		Summary: "Read what is billed",
		Description: "People and messages of all spaces by calendar month (UTC), summed and by space (C1-8). Somebody who is a contact of two spaces counts twice; a contact that was merged into another one does not count. " +
			"Spaces that were deleted stay in the months in which they were there.",
		Errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusServiceUnavailable},
	}, a.readUsage)
}

const (
	monthShape = "2006-01"
	mostMonths = 120 // at once
)

var errMonths = domain.Refuse(domain.Invalid, "months_invalid", "Months are written like 2026-01. until is not before from, and at most 120 months are asked for at once.")

type usageAnswer struct {
	Body struct {
		Months []monthUsage `json:"months" doc:"Those in which the organization had contacts, the first one first"`
	}
}

// monthUsage is a month of an organization.
type monthUsage struct {
	Month    string                   `json:"month" example:"2026-01"`
	People   int64                    `json:"people" doc:"Contacts at its end, or by now, of all spaces"`
	Peak     int64                    `json:"peak" doc:"The most contacts each space had at one time, summed"`
	Received int64                    `json:"received"`
	Sent     int64                    `json:"sent"`
	Spaces   []projections.SpaceUsage `json:"spaces"`
}

func (a *API) readUsage(ctx context.Context, in *struct {
	InOrganization
	Since
	From  string `query:"from" doc:"First month; default: this one" example:"2026-01"`
	Until string `query:"until" doc:"Last month; default: this one" example:"2026-03"`
},
) (*usageAnswer, error) {
	if _, err := a.administer(ctx, in.Organization, access.SeeUsage); err != nil {
		return nil, err
	}
	now := a.Commands.Now()
	from, until, err := monthsOf(in.From, in.Until, now)
	if err != nil {
		return nil, err
	}
	if err := a.await(ctx, in.Since, "contacts", "spaces"); err != nil {
		return nil, err
	}
	all, err := projections.UsageOf(ctx, a.DB, in.Organization, from, until, now)
	if err != nil {
		return nil, err
	}
	out := &usageAnswer{}
	out.Body.Months = summed(all)
	return out, nil
}

// monthsOf are the months that were asked for.
func monthsOf(first, last string, now time.Time) (from, until time.Time, err error) {
	from, until = now, now
	if first != "" {
		if from, err = time.Parse(monthShape, first); err != nil {
			return from, until, errMonths.Where("/from")
		}
	}
	if last != "" {
		if until, err = time.Parse(monthShape, last); err != nil {
			return from, until, errMonths.Where("/until")
		}
	}
	if until.Before(from) || until.After(from.AddDate(0, mostMonths, 0)) {
		return from, until, errMonths.Where("/until")
	}
	return from, until, nil
}

// summed are the months of spaces as those of their organization.
func summed(all []projections.SpaceUsage) []monthUsage {
	months := []monthUsage{}
	for _, u := range all {
		month := u.Month.Format(monthShape)
		if n := len(months); n == 0 || months[n-1].Month != month {
			months = append(months, monthUsage{Month: month})
		}
		m := &months[len(months)-1]
		m.People, m.Peak, m.Received, m.Sent = m.People+u.People, m.Peak+u.Peak, m.Received+u.Received, m.Sent+u.Sent
		m.Spaces = append(m.Spaces, u)
	}
	return months
}

// usageSoFar is what a space is billed for by now, for its deletion to keep. A deletion
// does not wait for long: if the contacts lag behind, it is what they show by then.
func (a *API) usageSoFar(ctx context.Context, id space.ID) ([]organization.Usage, error) {
	end, err := a.Ready(ctx)
	if err == nil {
		err = a.await(ctx, Since{MinPosition: end}, "contacts")
	}
	if err != nil && !errors.Is(err, errNotYet) {
		return nil, err
	}
	return projections.UsageSoFar(ctx, a.DB, id)
}
