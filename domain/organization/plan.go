package organization

import (
	"time"

	"skein/domain"
)

// Plan is what an organization has subscribed to.
type Plan string

const (
	Free       Plan = "free"
	Standard   Plan = "standard"
	LegacyPro  Plan = "legacy_pro"
	Business   Plan = "business"
	Enterprise Plan = "enterprise"
)

// Terms are what a plan allows.
type Terms struct {
	Commercial       bool
	Spaces           bool          // whether spaces can be administered at all (C0-2)
	SpaceLimit       int           // spaces at most; 0 is no limit (C0-12)
	MailboxesPerUser int           // 0 is no limit (C3-3)
	SharedMailboxes  bool          // C3-16
	ShortestSync     time.Duration // between two readings of a mailbox (C3-23)
}

// Plans is the catalogue.
var Plans = map[Plan]Terms{
	Free:       {SpaceLimit: 1, MailboxesPerUser: 1, ShortestSync: 30 * time.Minute},
	Standard:   {Commercial: true, SpaceLimit: 1, MailboxesPerUser: 3, SharedMailboxes: true, ShortestSync: 10 * time.Minute},
	LegacyPro:  {Commercial: true, Spaces: true, SpaceLimit: 5, MailboxesPerUser: 3, SharedMailboxes: true, ShortestSync: 5 * time.Minute},
	Business:   {Commercial: true, Spaces: true, SpaceLimit: 20, SharedMailboxes: true, ShortestSync: time.Minute},
	Enterprise: {Commercial: true, Spaces: true, SharedMailboxes: true, ShortestSync: time.Minute},
}

// Terms are the terms of the organization's plan. An organization that was never
// given one has everything, as whoever runs a system of their own does.
func (o Organization) Terms() Terms {
	if o.Plan == "" {
		return Plans[Enterprise]
	}
	return Plans[o.Plan]
}

var (
	errPlan   = domain.Refuse(domain.Invalid, "plan_unknown", "The plan is one of free, standard, legacy_pro, business and enterprise.")
	errModule = domain.Refuse(domain.Invalid, "module_unknown", "The module is white_label.")

	// ErrNoSpaces refuses what concerns the administration of spaces where the
	// plan has none (C0-2). It differs from the refusal of a role.
	ErrNoSpaces = domain.Refuse(domain.Unplanned, "plan_without_spaces", "The organization's plan does not include the administration of spaces. Legacy Pro, Business and Enterprise do.")

	errSpaceLimit = domain.Refuse(domain.Unplanned, "space_limit_reached", "The organization has as many spaces as its plan allows. Delete one, or change the plan.")
)

// ChangePlan puts an organization on another plan, at once. Nothing is destroyed:
// what exceeds the new plan stays and can be read, but no more of it can be made.
type ChangePlan struct {
	Plan Plan `json:"plan"`
}

func (cmd ChangePlan) decide(o Organization) ([]Event, error) {
	if _, known := Plans[cmd.Plan]; !known {
		return nil, errPlan.Where("/plan")
	}
	switch {
	case o.Founded.IsZero():
		return nil, ErrUnknown
	case o.Plan == cmd.Plan:
		return nil, nil
	}
	return []Event{PlanChanged(cmd)}, nil
}

// PlanChanged tells that an organization is on another plan.
type PlanChanged ChangePlan

// Kind implements domain.Event.
func (PlanChanged) Kind() string { return "organization.plan_changed" }

func (e PlanChanged) evolve(o Organization, _ domain.Moment) Organization {
	o.Plan = e.Plan
	return o
}
