package commands

import (
	"cmp"
	"context"
	"errors"
	"time"

	"skein/domain"
	"skein/domain/space"
)

// What names a contact can be changed while contacts are being made. Whoever gives a
// contact values does so under what is known to name one at that moment, and in a
// bounded time: after that, everybody acts on the change.

// underway bounds how long values are being given to a contact.
const underway = 10 * time.Second

// errOvertaken is the error of what was begun under something that has changed.
var errOvertaken = errors.New("what names a contact is being changed")

// naming calls do, which gives contacts values, with the room as it is known to be
// then; again, if do finds that this is about to change.
func (h *Handler) naming(ctx context.Context, in Room, do func(context.Context, Room) error) error {
	for attempt := 1; ; attempt++ {
		err := h.namingOnce(ctx, in, do)
		if !errors.Is(err, errOvertaken) {
			return err
		}
		if attempt == attempts {
			return ErrBusy
		}
		if err := pause(ctx, attempt); err != nil {
			return err
		}
	}
}

func (h *Handler) namingOnce(ctx context.Context, in Room, do func(context.Context, Room) error) error {
	bounded, stop := context.WithTimeout(ctx, underway)
	defer stop()
	h.names.RLock()
	defer h.names.RUnlock()
	now, err := h.room(bounded, in.ID)
	if err != nil {
		return err
	}
	return do(bounded, now)
}

// contend ends a tightening whose rule does not hold: somebody needs a value that is
// another's, and may have it as long as the rule is not settled.
func (h *Handler) contend(ctx context.Context, in Room) error {
	_, err := h.Space(ctx, domain.By{Actor: "system:identifiers"}, in, space.Keep{Since: in.Space.Tightening.Since})
	h.memory.forget(in.ID.Stream()) // another process may have settled it
	if err != nil {
		return err
	}
	return errOvertaken
}

// everybodyKnows waits until nobody gives contacts values under what named one
// before the last change, in this process or another one.
func (h *Handler) everybodyKnows(ctx context.Context) error {
	h.names.Lock() // those who are at it end first
	alone := !h.Alone.IsZero()
	h.names.Unlock()
	if alone {
		return ctx.Err()
	}
	return until(ctx, cmp.Or(h.Settled, Settled))
}
