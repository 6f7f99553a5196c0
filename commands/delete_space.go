package commands

import (
	"context"
	"errors"
	"fmt"

	"skein/domain"
	"skein/domain/organization"
	"skein/domain/space"
)

// DeleteSpace deletes a space of an organization for ever, if that is confirmed with
// the space's name; its usage so far is kept. The organization's word is all it takes: from then on the space
// is unknown to everybody, and what is left of it waits for [Handler.Destroy].
func (h *Handler) DeleteSpace(ctx context.Context, by domain.By, of organization.ID, in space.ID, confirm string, usage ...organization.Usage) (domain.Position, error) {
	return carryOut(ctx, h, by, of.Stream(), organization.Evolve, func(o organization.Organization) ([]organization.Event, error) {
		told, err := load(ctx, h, in.Stream(), space.Evolve)
		if err != nil {
			return nil, err
		}
		return organization.Decide(o, organization.DeleteSpace{Space: organization.SpaceID(in), Name: told.state.Name, Confirm: confirm, Usage: usage})
	})
}

// stands refuses to record anything of what is in a space that was deleted, also by
// those who had entered it before. It believes what is remembered, so a command of
// another process can go on for as long as that is trusted.
func (h *Handler) stands(ctx context.Context, s domain.Stream) error {
	in, _ := s.Parts()
	if in == "" {
		return nil
	}
	_, err := h.room(ctx, space.ID(in))
	return err
}

// unreadable is the error of a stream that could not be read. Streams are tombstoned
// when their space is destroyed, and at no other time: those of whom was erased are closed,
// and can be read.
func unreadable(s domain.Stream, err error) error {
	if errors.Is(err, ErrTombstoned) {
		return space.ErrUnknown
	}
	return fmt.Errorf("read %s: %w", s, err)
}
