package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"skein/domain"
	"skein/domain/process"
	"skein/domain/space"
)

// What takes more than one append to be whole is a process. What is asked is recorded
// first, with all it takes to do it, so that whoever finds it unfinished can go on.

// course is how a kind of process goes. What is asked is kept as the JSON of an A.
//
// The steps are taken from the first one on by whoever goes on with the process, so
// each of them does nothing when it was taken before: its events carry a key made of
// the process and of the step's name, by [step]. Ids of what they make, and whatever
// else must not change in between, are a part of what is asked. A step that is refused
// turns the process back, for good.
//
// The way back takes back whatever may have been done, which is any number of the
// steps and each of them at least in part; it too may be gone more than once, under
// keys of its own. It passes over what others have made impossible to take back, for
// refusing is no way out of it. Without a way back the steps have nothing to take back,
// whichever of them is refused.
type course[A any] struct {
	what  process.What
	steps func(ctx context.Context, by domain.By, in Room, asked A) error
	back  func(ctx context.Context, by domain.By, in Room, asked A) error
}

// ErrUnderway refuses to answer yet what somebody else is just carrying out.
var ErrUnderway = domain.Refuse(domain.Conflict, "underway", "This was begun and is still under way. Send it again in a minute, under the same Idempotency-Key, to learn how it ended.")

// run carries out a process, and returns the position at which it is done, or the
// refusal of the step for which nothing was done. Asked again under the same key it
// waits for the end of what was begun, and gives the same answer. Any other error leaves
// the process to those who go on with it later, as [Handler.Resume] does. Who asks may
// leave once it has started.
func run[A any](ctx context.Context, h *Handler, by domain.By, in Room, c course[A], asked A) (domain.Position, error) {
	data, err := json.Marshal(asked)
	if err != nil {
		return 0, err
	}
	p := &proceeding{Handler: h, key: process.Key{Space: in.ID, ID: process.ID(h.IDFor(by))}, way: c.way()}
	switch err := p.note(ctx, by, process.Start{What: c.what, Asked: data}); {
	case errors.Is(err, ErrMovedOn):
		if err := p.look(ctx); err != nil {
			return 0, err
		}
		if _, _, err := p.told.carriedOut(by); err != nil {
			return 0, err
		}
		if p.told.state.What != c.what {
			return 0, ErrKeyReused
		}
		return p.join(ctx, underway)
	case err != nil:
		return 0, err
	}
	return p.finish(context.WithoutCancel(ctx))
}

// Resume goes on with a process of a space that did not come to its end, and tells how
// it ended; not at all, if it had ended before. It refuses with ErrUnderway while
// somebody else may be at it, which is as long as they were heard of within a minute.
func (h *Handler) Resume(ctx context.Context, in space.ID, id process.ID) (process.Outcome, error) {
	return h.resume(ctx, process.Key{Space: in, ID: id}, h.ways()...)
}

// ways are those of all kinds of processes, each of which is told where it lives.
func (h *Handler) ways() []way {
	return []way{h.mergingMany().way(), h.unmerging().way(), h.undoing().way(), h.splitting().way(), h.erasing().way()}
}

func (h *Handler) resume(ctx context.Context, key process.Key, known ...way) (process.Outcome, error) {
	p := &proceeding{Handler: h, key: key}
	if err := p.look(ctx); err != nil {
		return "", err
	}
	switch {
	case p.told.length == 0:
		return "", process.ErrUnknown
	case p.told.state.Outcome != "":
		return "", nil
	}
	at := slices.IndexFunc(known, func(w way) bool { return w.what == p.told.state.What })
	if at < 0 {
		return "", fmt.Errorf("nobody knows how a process of kind %q goes", p.told.state.What)
	}
	p.way = known[at]
	if _, err := p.join(ctx, 0); p.told.state.Outcome == "" {
		return "", err
	}
	return p.told.state.Outcome, nil
}

// forGood reports whether an error is a refusal that asking again changes nothing of, so
// that a way back passes over it.
func forGood(err error) bool {
	_, refused := errors.AsType[*domain.Refusal](err)
	return refused && !errors.Is(err, ErrUnderway) && !errors.Is(err, ErrBusy)
}

// way is a course whatever is asked.
type way struct {
	what        process.What
	steps, back func(ctx context.Context, by domain.By, in Room, asked json.RawMessage) error
}

func (c course[A]) way() way {
	read := func(do func(context.Context, domain.By, Room, A) error) func(context.Context, domain.By, Room, json.RawMessage) error {
		if do == nil {
			return nil
		}
		return func(ctx context.Context, by domain.By, in Room, data json.RawMessage) error {
			var asked A
			if err := json.Unmarshal(data, &asked); err != nil {
				return fmt.Errorf("read what was asked: %w", err)
			}
			return do(ctx, by, in, asked)
		}
	}
	return way{c.what, read(c.steps), read(c.back)}
}

// goForth takes the steps, again if others are in the way at this moment.
func (w way) goForth(ctx context.Context, by domain.By, in Room, asked json.RawMessage) error {
	for attempt := 1; ; attempt++ {
		err := w.steps(ctx, by, in, asked)
		if !errors.Is(err, ErrBusy) || attempt == attempts {
			return err
		}
		if err := pause(ctx, attempt); err != nil {
			return err
		}
	}
}
