package commands

import (
	"context"
	"errors"

	"skein/domain"
	"skein/domain/organization"
	"skein/domain/space"
)

// RemoveMember takes somebody out of all spaces of an organization, and then out
// of the organization: who stops in between is still a member, and it can be asked
// again. It also takes out of its spaces who is no member of it.
func (h *Handler) RemoveMember(ctx context.Context, by domain.By, of organization.ID, user organization.UserID) (domain.Position, error) {
	org, err := load(ctx, h, of.Stream(), organization.Evolve)
	if err != nil {
		return 0, err
	}
	if at, done, err := org.carriedOut(by); done || err != nil {
		return at, err // whoever came back since then stays
	}
	if _, err := organization.Decide(org.state, organization.Leave{User: user}); err != nil {
		return 0, err
	}
	var last domain.Position
	for _, s := range org.state.Spaces {
		idle := false
		at, err := carryOut(ctx, h, by, space.ID(s.ID).Stream(), space.Evolve, func(s space.Space) ([]space.Event, error) {
			events, err := space.Decide(s, space.Unassign{User: user})
			idle = len(events) == 0
			return events, err
		})
		if err != nil && !errors.Is(err, space.ErrUnknown) { // deleted in the meantime
			return 0, err
		}
		if !idle {
			last = max(last, at) // where nothing was to do, others go on
		}
	}
	at, err := h.Organization(ctx, by, of, organization.Leave{User: user})
	return max(at, last), err
}
