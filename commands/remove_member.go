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
	if _, done, err := org.carriedOut(by); !done && err == nil {
		_, err = organization.Decide(org.state, organization.Leave{User: user})
		if err != nil {
			return 0, err
		}
	}
	var last domain.Position
	for _, s := range org.state.Spaces {
		at, err := h.Space(ctx, by, Room{ID: space.ID(s.ID)}, space.Unassign{User: user})
		if err != nil && !errors.Is(err, space.ErrUnknown) { // deleted in the meantime
			return 0, err
		}
		last = max(last, at)
	}
	at, err := h.Organization(ctx, by, of, organization.Leave{User: user})
	return max(at, last), err
}
