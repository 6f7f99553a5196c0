package commands

import (
	"context"

	"skein/domain"
	"skein/domain/inbox"
)

// SaveInbox keeps a filter over the contacts of a space as an inbox.
func (h *Handler) SaveInbox(ctx context.Context, by domain.By, in Room, cmd inbox.Save) (inbox.ID, domain.Position, error) {
	id := inbox.ID(h.IDFor(by))
	cmd.Space = in.Space
	at, err := begin(ctx, h, by, inbox.Key{Space: in.ID, ID: id}.Stream(), inbox.Evolve, func(i inbox.Inbox) ([]inbox.Event, error) {
		return inbox.Decide(i, cmd)
	})
	return id, at, err
}

// DeleteInbox takes an inbox away.
func (h *Handler) DeleteInbox(ctx context.Context, by domain.By, in Room, id inbox.ID) (domain.Position, error) {
	return carryOut(ctx, h, by, inbox.Key{Space: in.ID, ID: id}.Stream(), inbox.Evolve, func(i inbox.Inbox) ([]inbox.Event, error) {
		return inbox.Decide(i, inbox.Delete{})
	})
}
