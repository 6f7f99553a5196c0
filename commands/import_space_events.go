package commands

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"hash/maphash"
	"iter"
	"sync"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/erasure"
	"skein/domain/inbox"
	"skein/domain/intake"
	"skein/domain/pair"
)

// restore records the events of an archive in a space. Those of contacts that were ever
// one keep their order among each other, and what concerns all contacts keeps its place
// among all; the rest goes side by side, for it shares what it costs to make events safe.
func (h *Handler) restore(ctx context.Context, into Annals, in Room, together kin, events Events, told func()) error {
	lanes := sideBySide(ctx, func(ctx context.Context, r domain.Recorded) error { return h.restoreOne(ctx, into, in, r) })
	for r, err := range events {
		if err != nil {
			return errors.Join(err, lanes.end())
		}
		if lanes.ctx.Err() != nil {
			break
		}
		told()
		switch r.Event.(type) {
		case contact.Event, conversation.Event, erasure.Event:
			lanes.add(r, together.of(contact.KeyOf(r.Stream).ID))
		case intake.Event:
			lanes.add(r, contact.ID(r.Stream))
		case inbox.Event, pair.Event:
			lanes.wait()
			lanes.add(r, "")
			lanes.wait()
		}
	}
	return lanes.end()
}

// restoreOne records an event that was recorded elsewhere, or finds that it is there.
func (h *Handler) restoreOne(ctx context.Context, into Annals, in Room, r domain.Recorded) error {
	_, id := r.Stream.Parts()
	s := domain.StreamOf(r.Stream.Category(), string(in.ID), id)
	_, err := into.Restore(ctx, s, r.Revision, domain.Metadata{By: natural(r.By), Created: domain.Created{Time: r.At}}, r.Event)
	if !errors.Is(err, ErrMovedOn) {
		return err
	}
	there, err := h.recorded(ctx, s, r)
	if err == nil && !there {
		err = unfit(r, "does not follow on what comes before it, or another archive with the same id was imported")
	}
	return err
}

// recorded reports whether a stream has the event at its place.
func (h *Handler) recorded(ctx context.Context, s domain.Stream, r domain.Recorded) (bool, error) {
	next, stop := iter.Pull2(h.Journal.Read(ctx, s, r.Revision))
	defer stop()
	there, err, ok := next()
	if err != nil || !ok || there.Revision != r.Revision || !there.At.Equal(r.At) {
		return false, err
	}
	has, err := json.Marshal(there.Event)
	if err != nil {
		return false, err
	}
	wants, err := json.Marshal(r.Event)
	return there.Kind() == r.Kind() && bytes.Equal(has, wants), err
}

// lanes carry events out side by side, those in the name of one contact in their order.
type lanes struct {
	ctx     context.Context
	stop    context.CancelCauseFunc
	seed    maphash.Seed
	work    [importers]chan domain.Recorded
	running sync.WaitGroup
	pending sync.WaitGroup
}

func sideBySide(ctx context.Context, do func(context.Context, domain.Recorded) error) *lanes {
	l := &lanes{seed: maphash.MakeSeed()}
	l.ctx, l.stop = context.WithCancelCause(ctx)
	for i := range l.work {
		l.work[i] = make(chan domain.Recorded, 16)
		l.running.Go(func() {
			for r := range l.work[i] {
				if l.ctx.Err() == nil {
					if err := do(l.ctx, r); err != nil {
						l.stop(err)
					}
				}
				l.pending.Done()
			}
		})
	}
	return l
}

func (l *lanes) add(r domain.Recorded, of contact.ID) {
	l.pending.Add(1)
	l.work[maphash.String(l.seed, string(of))%importers] <- r
}

// wait waits until all that was added is done.
func (l *lanes) wait() { l.pending.Wait() }

// end waits for all lanes to end, and returns the first fault.
func (l *lanes) end() error {
	for i := range l.work {
		close(l.work[i])
	}
	l.running.Wait()
	err := context.Cause(l.ctx)
	l.stop(nil)
	return err
}
