package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"skein/domain/intake"
	"skein/domain/space"
	"skein/projections"
)

// intaker takes up messages that wait for room in their space, as soon as there is
// some. Who waits is a read model, so that nobody is forgotten however often the process
// ends.
type intaker struct {
	db   projections.DB
	take func(context.Context, intake.Key, bool) (full bool, err error)
	log  *slog.Logger
	news chan struct{}

	left map[space.ID]waiting // where the next turn of a space begins
}

// run takes up until ctx is over.
func (i *intaker) run(ctx context.Context) error {
	for {
		more, err := i.takeUpAll(ctx)
		if err != nil && ctx.Err() == nil {
			i.log.Error("messages that wait cannot be taken up and will be tried again", "error", err)
		}
		if more && err == nil {
			continue
		}
		select {
		case <-i.news:
		case <-time.After(again):
		case <-ctx.Done():
			return nil
		}
	}
}

// takeUpAll gives each space in which anything waits one turn, and reports whether a
// space has room for more than came in by that.
func (i *intaker) takeUpAll(ctx context.Context) (more bool, err error) {
	spaces, err := projections.IntakeSpaces(ctx, i.db)
	if err != nil {
		return false, err
	}
	left := map[space.ID]waiting{}
	for _, in := range spaces {
		at, goesOn, err := i.takeUp(ctx, in, i.left[in])
		if err != nil {
			return false, err
		}
		left[in] = at
		more = more || goesOn
	}
	i.left = left
	return more, ctx.Err()
}

// waiting is how far those who wait in a space were gone through, from the first one on
// again and again: while there was room, and while it was full.
type waiting struct{ room, full projections.Intake }

// takeUp takes up some of what waits in a space, those who wait longest first, until it
// is full; then some of those who are contacts by now (C0-23), who may be anywhere. It
// returns where to go on, and reports whether there is more to be done now.
func (i *intaker) takeUp(ctx context.Context, in space.ID, at waiting) (_ waiting, more bool, err error) {
	last, full, err := i.takeUpNext(ctx, in, at.room, false)
	if err != nil || !full {
		return waiting{last, at.full}, last != projections.Intake{}, err
	}
	last, _, err = i.takeUpNext(ctx, in, at.full, true)
	return waiting{full: last}, false, err
}

// takeUpNext takes up what waits of the next senders, and returns the last of them if
// there are more. It stops where the space is found full, unless that is known before.
// Who cannot be taken up holds up none of the others.
func (i *intaker) takeUpNext(ctx context.Context, in space.ID, after projections.Intake, isFull bool) (last projections.Intake, full bool, err error) {
	next, more, err := projections.Intakes(ctx, i.db, in, after)
	if err != nil {
		return last, false, err
	}
	for _, one := range next {
		fills, err := i.take(ctx, intake.Key{Space: in, Sender: one.Sender}, isFull)
		switch {
		case ctx.Err() != nil:
			return last, false, ctx.Err()
		case errors.Is(err, space.ErrUnknown): // it was deleted, with all that waited
		case err != nil:
			i.log.Warn("messages of a sender could not be taken up and will be tried again", "sender", one.Sender, "error", err)
		}
		if fills && !isFull {
			return last, true, nil
		}
	}
	if more {
		last = next[len(next)-1]
	}
	return last, isFull, nil
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
