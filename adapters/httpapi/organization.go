package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain/access"
	"skein/domain/organization"
)

const organizationPath = "/v1/organizations/{organization}"

func (a *API) organization(api huma.API) {
	operation(api, huma.Operation{
		OperationID: "readOrganization", Method: http.MethodGet, Path: organizationPath, Tags: organizationTag,
		Summary:     "Read an organization",
		Description: "Its plan, what the plan allows, and its modules.",
		Errors:      []int{http.StatusForbidden, http.StatusNotFound},
	}, a.readOrganization)
	operation(api, huma.Operation{
		OperationID: "changePlan", Method: http.MethodPut, Path: organizationPath + "/plan", Tags: organizationTag,
		Summary:     "Change the plan",
		Description: "At once. What exceeds the new plan stays and can be read; no more of it can be made.",
		Errors:      []int{http.StatusForbidden, http.StatusNotFound},
	}, a.changePlan)
	operation(api, huma.Operation{
		OperationID: "switchModule", Method: http.MethodPut, Path: organizationPath + "/modules/{module}", Tags: organizationTag,
		Summary:     "Switch a module on or off",
		Description: "white_label lets the organization limit the contacts of its spaces (C0-20).",
		Errors:      []int{http.StatusForbidden, http.StatusNotFound},
	}, a.switchModule)
}

type organizationAnswer struct {
	Body struct {
		ID      organization.ID       `json:"id"`
		Name    string                `json:"name"`
		Plan    organization.Plan     `json:"plan,omitempty" doc:"None: everything is allowed, as in an installation of one's own"`
		Allows  terms                 `json:"allows"`
		Modules []organization.Module `json:"modules"`
	}
}

type terms struct {
	Commercial          bool `json:"commercial"`
	Spaces              bool `json:"spaces" doc:"Whether spaces can be administered (C0-2)"`
	SpaceLimit          int  `json:"space_limit,omitempty" doc:"Spaces at most; none: no limit (C0-12)"`
	MailboxesPerUser    int  `json:"mailboxes_per_user,omitempty" doc:"None: no limit (C3-3)"`
	SharedMailboxes     bool `json:"shared_mailboxes" doc:"C3-16"`
	ShortestSyncSeconds int  `json:"shortest_sync_seconds" doc:"Between two readings of a mailbox (C3-23)"`
}

func (a *API) readOrganization(ctx context.Context, in *InOrganization) (*organizationAnswer, error) {
	o, err := a.administer(ctx, in.Organization, access.SeeMembers)
	if err != nil {
		return nil, err
	}
	out := &organizationAnswer{}
	out.Body.ID, out.Body.Name, out.Body.Plan = in.Organization, o.Name, o.Plan
	out.Body.Modules = append([]organization.Module{}, o.Modules...)
	t := o.Terms()
	out.Body.Allows = terms{t.Commercial, t.Spaces, t.SpaceLimit, t.MailboxesPerUser, t.SharedMailboxes, int(t.ShortestSync.Seconds())}
	return out, nil
}

func (a *API) changePlan(ctx context.Context, in *struct {
	InOrganization
	Body struct {
		Plan organization.Plan `json:"plan" doc:"free, standard, legacy_pro, business or enterprise" example:"business"`
	}
},
) (*Recorded, error) {
	requestOf(ctx).about.Setting = word(in.Body.Plan)
	return a.organize(ctx, in.Organization, access.ManagePlan, organization.ChangePlan{Plan: in.Body.Plan})
}

func (a *API) switchModule(ctx context.Context, in *struct {
	InOrganization
	Module organization.Module `path:"module" doc:"white_label" example:"white_label"`
	Body   struct {
		On bool `json:"on"`
	}
},
) (*Recorded, error) {
	requestOf(ctx).about.Setting = word(in.Module) + map[bool]string{true: " on", false: " off"}[in.Body.On]
	return a.organize(ctx, in.Organization, access.ManagePlan, organization.SwitchModule{Module: in.Module, On: in.Body.On})
}

// administer lets the one who asks do something in an organization.
func (a *API) administer(ctx context.Context, of organization.ID, to access.Action) (organization.Organization, error) {
	return a.Commands.Administer(ctx, requestOf(ctx).who, of, to)
}

// organize carries out cmd on an organization for somebody whose role includes it.
func (a *API) organize(ctx context.Context, of organization.ID, to access.Action, cmd organization.Command) (*Recorded, error) {
	if _, err := a.administer(ctx, of, to); err != nil {
		return nil, err
	}
	at, err := a.Commands.Organization(ctx, by(ctx), of, cmd)
	return &Recorded{at}, err
}
