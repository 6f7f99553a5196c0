package commands

import (
	"context"

	"skein/domain"
	"skein/domain/invitation"
	"skein/domain/organization"
)

// Invitation carries out cmd on an invitation.
func (h *Handler) Invitation(ctx context.Context, by domain.By, id invitation.ID, cmd invitation.Command) (domain.Position, error) {
	return carryOut(ctx, h, by, id.Stream(), invitation.Evolve, func(i invitation.Invitation) ([]invitation.Event, error) {
		return invitation.Decide(i, cmd)
	})
}

// Founding is an organization that is founded by an invitation.
type Founding struct {
	Name string
	User organization.UserID // its first administrator; none: a new user
	Hash string              // of the invitation's secret
}

// FoundInvited founds an organization by an invitation. The invitation is accepted
// first, and names the organization and its administrator; the administrator joins
// last, after let has given them what they prove with who they are. Who stops in
// between goes on under the same key, or without one after a while.
func (h *Handler) FoundInvited(
	ctx context.Context, by domain.By, id invitation.ID, f Founding, let func(organization.ID, organization.UserID) error,
) (organization.ID, organization.UserID, domain.Position, error) {
	if _, err := organization.Decide(organization.Organization{}, organization.Found{Name: f.Name}); err != nil {
		return "", "", 0, err
	}
	if f.User == "" {
		f.User = organization.UserID(h.IDFor(step(by, "user")))
	}
	if err := organization.CheckUser(f.User); err != nil {
		return "", "", 0, err
	}
	accepted, err := h.accept(ctx, by, id, f)
	if err != nil {
		return "", "", 0, err
	}
	of, user := accepted.Organization, accepted.User
	found := func(o organization.Organization) ([]organization.Event, error) {
		if !o.Founded.IsZero() {
			return nil, nil // by the same invitation
		}
		return organization.Decide(o, organization.Found{Name: f.Name})
	}
	if _, err := begin(ctx, h, natural(by), of.Stream(), organization.Evolve, found); err != nil {
		return "", "", 0, err
	}
	if err := let(of, user); err != nil {
		return "", "", 0, err
	}
	at, err := h.Organization(ctx, step(by, "join"), of, organization.Join{User: user, Role: organization.Admin})
	return of, user, at, err
}

// accept accepts an invitation, and returns it as it is then.
func (h *Handler) accept(ctx context.Context, by domain.By, id invitation.ID, f Founding) (invitation.Invitation, error) {
	fresh := organization.ID(h.IDFor(step(by, "organization")))
	_, err := carryOut(ctx, h, by, id.Stream(), invitation.Evolve, func(i invitation.Invitation) ([]invitation.Event, error) {
		unfinished := false
		if i.Organization != "" {
			org, err := load(ctx, h, i.Organization.Stream(), organization.Evolve)
			if err != nil {
				return nil, err
			}
			unfinished = len(org.state.Members) == 0
		}
		return invitation.Decide(i, invitation.Accept{Hash: f.Hash, Organization: fresh, User: f.User, Unfinished: unfinished, At: h.Now()})
	})
	if err != nil {
		return invitation.Invitation{}, err
	}
	told, err := load(ctx, h, id.Stream(), invitation.Evolve)
	return told.state, err
}
