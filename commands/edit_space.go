package commands

import (
	"context"
	"errors"

	"skein/domain"
	"skein/domain/organization"
	"skein/domain/space"
)

// ErrSpaceChanged refuses an edit that was decided on a space as it is no more.
var ErrSpaceChanged = domain.Refuse(domain.Stale, "space_changed", "The space was changed since you read it. Read it again, and send what you want to be different with its new ETag.")

// ReadSpace is a space of an organization as its history tells it at this moment,
// and how long that history is.
func (h *Handler) ReadSpace(ctx context.Context, of organization.ID, id space.ID) (space.Space, uint64, error) {
	if _, err := h.SpaceOf(ctx, of, id); err != nil {
		return space.Space{}, 0, err
	}
	told, err := load(ctx, h, id.Stream(), space.Evolve)
	return told.state, told.length, err
}

// EditSpace saves changes of a space, all of them or none, if its history is as
// long as it was when they were decided on (C0-26). It returns how long that is
// afterwards.
//
// The space itself takes the name: the organization reserves it before and lets go
// of the old one after. Whatever stops in between leaves a reservation that is
// dropped when somebody finds it in their way.
func (h *Handler) EditSpace(ctx context.Context, by domain.By, in Room, length uint64, cmd space.Edit) (domain.Position, uint64, error) {
	told, err := load(ctx, h, in.ID.Stream(), space.Evolve)
	if err != nil {
		return 0, 0, err
	}
	if at, done, err := told.carriedOut(by); done || err != nil {
		return at, told.lengthAt(at), err
	}
	if told.length != length {
		return 0, 0, ErrSpaceChanged
	}
	of := told.state.Organization
	org, err := load(ctx, h, of.Stream(), organization.Evolve)
	if err != nil {
		return 0, 0, err
	}
	cmd.WhiteLabel = org.state.HasModule(organization.WhiteLabel)
	decided, err := space.Decide(told.state, cmd)
	if err != nil || len(decided) == 0 {
		return told.at, told.length, err
	}
	after := space.Evolve(told.state, decided[0], domain.Moment{})
	before, named := h.named(of, told.state.Name), h.named(of, after.Name)
	if named.Mark != before.Mark {
		err := h.freeing(ctx, of, func() error {
			_, err := h.Organization(ctx, natural(by), of, organization.ReserveName{Space: organization.SpaceID(in.ID), Name: named, Length: length})
			return err
		})
		if err != nil {
			return 0, 0, err
		}
	}
	at, err := record(ctx, h, by, in.ID.Stream(), told, func(space.Space) ([]space.Event, error) { return decided, nil })
	if errors.Is(err, ErrMovedOn) {
		return h.editedMeanwhile(ctx, by, in)
	}
	if err != nil {
		return 0, 0, err
	}
	if named.Mark != before.Mark {
		_ = h.tellName(context.WithoutCancel(ctx), by, of, in.ID) // who needs the old name will find out that it is free
	}
	return at, length + uint64(len(decided)), nil
}

// editedMeanwhile is the answer to an edit of a space whose history went on at this
// very moment: perhaps by the same edit, sent twice.
func (h *Handler) editedMeanwhile(ctx context.Context, by domain.By, in Room) (domain.Position, uint64, error) {
	told, err := load(ctx, h, in.ID.Stream(), space.Evolve)
	if err != nil {
		return 0, 0, err
	}
	at, done, err := told.carriedOut(by)
	if err == nil && !done {
		err = ErrSpaceChanged
	}
	return at, told.lengthAt(at), err
}
