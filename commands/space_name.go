package commands

import (
	"context"
	"errors"

	"skein/domain"
	"skein/domain/organization"
	"skein/domain/space"
)

// named is a name that a space of an organization may go by.
func (h *Handler) named(of organization.ID, name string) organization.SpaceNamed {
	return organization.SpaceNamed{Name: name, Mark: h.Hash("space-name", string(of), domain.Fold(name))}
}

// freeing does what takes a name in an organization. If a space is in the way, the
// organization is told first what that one goes by: it may have let go of the name,
// or never have taken it, and whoever was to say so did not get that far.
func (h *Handler) freeing(ctx context.Context, of organization.ID, take func() error) error {
	asked := map[string]bool{}
	for {
		err := take()
		var taken *domain.Refusal
		if !errors.As(err, &taken) || !errors.Is(taken, organization.ErrSpaceTaken) || asked[taken.Names["space"]] {
			return err
		}
		holder := taken.Names["space"]
		asked[holder] = true
		if err := h.tellName(ctx, domain.By{Actor: "system:space"}, of, space.ID(holder)); err != nil {
			return err
		}
	}
}

// tellName tells an organization the name that one of its spaces goes by.
func (h *Handler) tellName(ctx context.Context, by domain.By, of organization.ID, id space.ID) error {
	told, err := load(ctx, h, id.Stream(), space.Evolve)
	if errors.Is(err, space.ErrUnknown) || err == nil && told.state.Known() != nil {
		return nil // it was deleted, and its name is free
	}
	if err != nil {
		return err
	}
	_, err = h.Organization(ctx, natural(by), of, organization.RenameSpace{
		Space: organization.SpaceID(id), Mark: h.named(of, told.state.Name).Mark, Length: told.length,
	})
	return err
}
