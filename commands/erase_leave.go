package commands

import (
	"context"
	"errors"
	"strings"

	"skein/domain"
	"skein/domain/erasure"
	"skein/domain/process"
)

// leaveNothing takes out of all histories what deleted contacts said and were. Their own
// histories are closed last of all, for whatever else is to be redacted is found by them.
func (h *Handler) leaveNothing(ctx context.Context, by domain.By, in Room, asked eraseAsked) error {
	for attempt := 1; ; attempt++ {
		err := h.leaveLess(ctx, by, in, asked)
		switch {
		case !errors.Is(err, ErrMovedOn):
			return err
		case attempt == attempts:
			return ErrUnderway // somebody else goes on with it
		}
		if err := pause(ctx, attempt); err != nil {
			return err
		}
	}
}

// leaveLess is leaveNothing, or ErrMovedOn where something was recorded meanwhile that is
// to be taken out too.
func (h *Handler) leaveLess(ctx context.Context, by domain.By, in Room, asked eraseAsked) error {
	self := process.ID(strings.TrimPrefix(by.Key, innerKey))
	r, err := h.reach(ctx, in, asked.Contact, asked.Seen)
	if err != nil {
		return err
	}
	begun, err := h.beginnings(ctx, in)
	if err != nil {
		return err
	}
	if err := h.othersEnd(ctx, begun, r.kin, self); err != nil {
		return err
	}
	if was, err := h.erasure(ctx, in, asked.Contact); err != nil || len(was.Members) > 0 {
		return err
	}
	if err := h.unname(ctx, by, r); err != nil {
		return err
	}
	emptied, err := h.emptyIntakes(ctx, by, r, begun)
	if err != nil {
		return err
	}
	redacted, err := h.redact(ctx, by, in, asked)
	if err != nil {
		return err
	}
	if begun, err = h.beginnings(ctx, in); err != nil { // some more may have begun since
		return err
	}
	if err := h.othersEnd(ctx, begun, r.kin, self); err != nil {
		return err
	}
	bared, err := h.bareProcesses(ctx, begun, r.kin)
	if err != nil {
		return err
	}
	done := erasure.Erase{Members: r.members, Streams: emptied + redacted + bared, Reason: asked.Reason}
	_, err = carryOut(ctx, h, step(by, "erased"), erasure.Key{Space: in.ID, Contact: asked.Contact}.Stream(), erasure.Evolve,
		func(e erasure.Erasure) ([]erasure.Event, error) { return erasure.Decide(e, done) })
	return err
}
