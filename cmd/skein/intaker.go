package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"skein/commands"
	"skein/domain/intake"
	"skein/domain/space"
	"skein/projections"
)

// intaker takes up messages that wait for room in their space, as soon as there is
// some. Who waits is a read model, so that nobody is forgotten however often the process
// ends.
type intaker struct {
	db      projections.DB
	handler *commands.Handler
	log     *slog.Logger
	news    chan struct{}
}

// run takes up until ctx is over.
func (i *intaker) run(ctx context.Context) error {
	for {
		if err := i.takeUpAll(ctx); err != nil && ctx.Err() == nil {
			i.log.Error("messages that wait cannot be taken up and will be tried again", "error", err)
		}
		select {
		case <-i.news:
		case <-time.After(again):
		case <-ctx.Done():
			return nil
		}
	}
}

// takeUpAll takes up all that there is room for. Who cannot be taken up holds up none of
// the others.
func (i *intaker) takeUpAll(ctx context.Context) error {
	waiting, err := projections.Intakes(ctx, i.db)
	if err != nil {
		return err
	}
	full := map[space.ID]bool{}
	for _, key := range waiting {
		fills, err := i.handler.TakeUp(ctx, key, full[key.Space])
		switch {
		case errors.Is(err, space.ErrUnknown): // it was deleted, with all that waited
		case err != nil && ctx.Err() == nil:
			i.log.Warn("messages of a sender could not be taken up and will be tried again", "sender", key.Sender, "error", err)
		}
		full[key.Space] = full[key.Space] || fills
	}
	return ctx.Err()
}

// hear notes that there may be something to do.
func (i *intaker) hear(events projections.Page) {
	for _, e := range events.Events {
		if _, ok := e.Event.(intake.TurnedAway); ok {
			select {
			case i.news <- struct{}{}:
			default:
			}
			return
		}
	}
}
