package commands

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/intake"
	"skein/domain/process"
)

// beginnings are the first events of all processes and all intakes of a room.
func (h *Handler) beginnings(ctx context.Context, in Room) (all []domain.Recorded, err error) {
	var prefixes []string
	for _, s := range []domain.Stream{process.Key{Space: in.ID}.Stream(), intake.Key{Space: in.ID}.Stream()} {
		prefixes = append(prefixes, strings.TrimRight(string(s), ".")+".")
	}
	for r, err := range h.Ground.Begun(ctx, 0, prefixes...) {
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// speaksOf is what a process was asked, if that names one of the contacts.
func speaksOf(first domain.Recorded, ids []contact.ID) (process.Started, bool) {
	e, is := first.Event.(process.Started)
	return e, is && slices.ContainsFunc(ids, func(id contact.ID) bool {
		return bytes.Contains(e.Asked, []byte(strconv.Quote(string(id))))
	})
}

// othersEnd sees to it that the processes which speak of contacts have ended, but for
// one: they would be in the way of an erasure, and what they were asked can be taken out
// once they have ended only. Erasures of kin take turns, in the order in which they were
// begun. It refuses with ErrUnderway if somebody is at one of them.
func (h *Handler) othersEnd(ctx context.Context, begun []domain.Recorded, kin []contact.ID, but process.ID) error {
	own := slices.IndexFunc(begun, func(r domain.Recorded) bool { return process.KeyOf(r.Stream).ID == but })
	for i, first := range begun {
		e, speaks := speaksOf(first, kin)
		if !speaks || own >= 0 && i >= own && e.What == h.erasing().what {
			continue
		}
		if err := h.otherEnds(ctx, process.KeyOf(first.Stream)); err != nil {
			return err
		}
	}
	return nil
}

// kinEnd is othersEnd for a contact of whom nothing was asked yet.
func (h *Handler) kinEnd(ctx context.Context, in Room, id contact.ID) error {
	if h.Showing == nil {
		return errors.New("nobody knows the kin of a contact")
	}
	kin, err := h.Showing.Kin(ctx, in.ID, id)
	if err != nil {
		return err
	}
	begun, err := h.beginnings(ctx, in)
	if err != nil {
		return err
	}
	return h.othersEnd(ctx, begun, kin, "")
}

// otherEnds goes on with a process, or waits a little for who is at it.
func (h *Handler) otherEnds(ctx context.Context, key process.Key) error {
	for begun := time.Now(); ; {
		_, err := h.Resume(ctx, key.Space, key.ID)
		if !errors.Is(err, ErrUnderway) || time.Since(begun) >= underway {
			return err
		}
		if err := until(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
}
