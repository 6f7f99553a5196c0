package commands

import (
	"context"

	"skein/domain"
	"skein/domain/organization"
	"skein/domain/space"
)

// FoundOrganization makes an organization.
func (h *Handler) FoundOrganization(ctx context.Context, by domain.By, id organization.ID, cmd organization.Found) (domain.Position, error) {
	return begin(ctx, h, by, id.Stream(), organization.Evolve, func(o organization.Organization) ([]organization.Event, error) {
		return organization.Decide(o, cmd)
	})
}

// Organization carries out cmd on an organization.
func (h *Handler) Organization(ctx context.Context, by domain.By, id organization.ID, cmd organization.Command) (domain.Position, error) {
	return carryOut(ctx, h, by, id.Stream(), organization.Evolve, func(o organization.Organization) ([]organization.Event, error) {
		return organization.Decide(o, cmd)
	})
}

// CreateSpace makes a space in an organization. The organization opens it last,
// under its own rules: whatever stops in between leaves nothing that anybody can
// see or that counts.
func (h *Handler) CreateSpace(ctx context.Context, by domain.By, cmd space.Create) (space.ID, domain.Position, error) {
	id, named := space.ID(h.IDFor(by)), h.named(cmd.Organization, cmd.Name)
	open := func(o organization.Organization) ([]organization.Event, error) {
		return organization.Decide(o, organization.OpenSpace{ID: organization.SpaceID(id), Name: named})
	}
	err := h.freeing(ctx, cmd.Organization, func() error {
		org, err := load(ctx, h, cmd.Organization.Stream(), organization.Evolve)
		if err == nil {
			_, err = open(org.state)
		}
		return err
	})
	if err != nil {
		return "", 0, err
	}
	_, err = begin(ctx, h, by, id.Stream(), space.Evolve, func(s space.Space) ([]space.Event, error) {
		return space.Decide(s, cmd)
	})
	if err != nil {
		return "", 0, err
	}
	at, err := carryOut(ctx, h, by, cmd.Organization.Stream(), organization.Evolve, open)
	return id, at, err
}

// Space carries out cmd on a space.
func (h *Handler) Space(ctx context.Context, by domain.By, in Room, cmd space.Command) (domain.Position, error) {
	return carryOut(ctx, h, by, in.ID.Stream(), space.Evolve, func(s space.Space) ([]space.Event, error) {
		return space.Decide(s, cmd)
	})
}
