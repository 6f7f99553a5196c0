// Package commands carries out what is asked of the system: it reads the history
// of the thing concerned, lets the domain decide, and records what follows.
package commands

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"skein/domain"
	"skein/domain/contact"
)

// Journal keeps the history of everything, one stream per thing.
type Journal interface {
	// Read yields the events of a stream from a revision on, oldest first. A
	// stream that was never written yields none, one that was tombstoned
	// ErrTombstoned.
	Read(ctx context.Context, s domain.Stream, from uint64) iter.Seq2[domain.Recorded, error]

	// Append records events, all or none, at the end of a stream that holds
	// length events so far, and returns the position of the last of them once
	// they are safe. It returns ErrMovedOn when the stream's length is another,
	// and ErrTombstoned when nothing can be recorded there ever again.
	Append(ctx context.Context, s domain.Stream, length uint64, by domain.By, events ...domain.Event) (domain.Position, error)
}

var (
	// ErrMovedOn is returned when a stream has grown since it was read.
	ErrMovedOn = errors.New("the stream has moved on")

	// ErrTombstoned is returned for a stream that was deleted for ever: it can
	// neither be read nor written.
	ErrTombstoned = errors.New("the stream was deleted for ever")
)

// Handler carries out commands. Its fields are set before its first use.
type Handler struct {
	Journal Journal
	Now     func() time.Time             // the clock
	NewID   func() string                // ids no one has had before: UUIDv7
	Hash    func(parts ...string) string // a keyed hash, for what must not be read from names of streams
	Mail    Mail                         // how mail servers are reached
	Seal    Seal                         // how secrets are kept
	Gate    Gate                         // how contacts come into spaces that take in so many and no more

	// Alone is since when this process is the only one that writes to the journal;
	// zero if others do. What was begun before by others is known to have ended.
	Alone time.Time

	// Settled is how long others may act on what was changed; zero: the constant.
	Settled time.Duration

	// Showing tells which contacts show what; nil: nobody knows.
	Showing Showing

	// Ground is the journal as what takes things out of histories; nil: nobody is erased.
	Ground Ground

	memory   memory
	verdicts verdicts[bool]            // on merges
	ends     verdicts[domain.Position] // of contacts that were taken out of others
	shelf    shelf
	pasts    pasts
	taken    atomic.Uint64 // how often something was taken out of histories
	turns    turns         // of those who bring the same message
	names    sync.RWMutex  // read-locked while values are given to a contact
}

// attempts is how often a command is decided anew because its stream moved on.
const attempts = 20

// ErrBusy refuses a command whose stream moves on faster than it can be decided.
var ErrBusy = domain.Refuse(domain.Conflict, "busy", "Others are changing the same thing at this moment. Send it again.")

// story is what the history of one thing comes to.
type story[S any] struct {
	state  S
	length uint64          // of its stream
	at     domain.Position // of its last event
	keyed  keys
}

// carryOut decides on the thing whose history is s, and records what follows. It
// returns the position at which the read models show it.
func carryOut[S any, E domain.Event](
	ctx context.Context, h *Handler, by domain.By, s domain.Stream,
	evolve func(S, E, domain.Moment) S, decide func(S) ([]E, error),
) (domain.Position, error) {
	for attempt := 1; ; attempt++ {
		told, err := load(ctx, h, s, evolve)
		if err != nil {
			return 0, err
		}
		if at, done, err := told.carriedOut(by); done || err != nil {
			return at, err
		}
		at, err := record(ctx, h, by, s, told, decide)
		if _, refused := errors.AsType[*domain.Refusal](err); refused || err == nil && at == told.at {
			// Nothing was recorded, maybe for what others recorded here in the meantime:
			// what is decided on besides is read later than the stream.
			if now, failed := fold(ctx, h, s, evolve); failed == nil && now.length > told.length {
				err = ErrMovedOn
			}
		}
		if !errors.Is(err, ErrMovedOn) {
			return at, err
		}
		if attempt == attempts {
			return 0, ErrBusy
		}
		if err := pause(ctx, attempt); err != nil {
			return 0, err
		}
	}
}

// pause lets those who change the same thing get out of each other's way.
func pause(ctx context.Context, attempt int) error {
	timer := time.NewTimer(rand.N(time.Duration(min(attempt, 8)) * time.Millisecond))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// begin is carryOut for a thing that was not there a moment ago.
func begin[S any, E domain.Event](
	ctx context.Context, h *Handler, by domain.By, s domain.Stream,
	evolve func(S, E, domain.Moment) S, decide func(S) ([]E, error),
) (domain.Position, error) {
	at, err := record(ctx, h, by, s, story[S]{}, decide)
	if errors.Is(err, ErrMovedOn) {
		return carryOut(ctx, h, by, s, evolve, decide)
	}
	return at, err
}

// record decides on a thing as it is told, and records what follows.
func record[S any, E domain.Event](
	ctx context.Context, h *Handler, by domain.By, s domain.Stream, told story[S], decide func(S) ([]E, error),
) (domain.Position, error) {
	decided, err := decide(told.state)
	if err != nil || len(decided) == 0 {
		return told.at, err
	}
	events := make([]domain.Event, len(decided))
	for i, e := range decided {
		events[i] = e
	}
	if err := h.stands(ctx, s); err != nil {
		return 0, err
	}
	at, err := h.Journal.Append(ctx, s, told.length, by, events...)
	h.memory.forget(s)
	switch {
	case errors.Is(err, ErrTombstoned):
		return 0, h.closed(ctx, s)
	case err != nil:
		return 0, fmt.Errorf("record %s: %w", events[0].Kind(), err)
	}
	return at, nil
}

// closed is why nothing can be recorded in a stream any more: its contact was erased, and
// then it can be read, or its space was destroyed.
func (h *Handler) closed(ctx context.Context, s domain.Stream) error {
	for _, err := range h.Journal.Read(ctx, s, 0) {
		if err != nil {
			return unreadable(s, err)
		}
		break
	}
	return contact.ErrDeleted
}

// load is what the history of s comes to. Of a contact that went with another one it is
// what it came to then.
func load[S any, E domain.Event](ctx context.Context, h *Handler, s domain.Stream, evolve func(S, E, domain.Moment) S) (story[S], error) {
	told, err := fold(ctx, h, s, evolve)
	if err != nil || s.Category() != "contact" {
		return told, err
	}
	if c, is := any(told.state).(contact.Contact); is {
		at, err := h.went(ctx, contact.KeyOf(s), c)
		if err != nil {
			return story[S]{}, err
		}
		if at > 0 {
			told.state, _ = any(c.GoneAt(at)).(S)
		}
	}
	return told, nil
}

// fold folds the history of s into what it comes to by itself. What it came to lately is
// kept; then what was recorded since is read.
func fold[S any, E domain.Event](ctx context.Context, h *Handler, s domain.Stream, evolve func(S, E, domain.Moment) S) (story[S], error) {
	taken, told := h.taken.Load(), take[S](&h.shelf, s)
	known, more := told.length, map[mark]keyed{}
	for r, err := range h.Journal.Read(ctx, s, told.length) {
		if errors.Is(err, ErrTombstoned) {
			h.shelf.leave(s)
			if s.Category() == "credential" {
				return story[S]{}, nil // it went with its space, and proves nothing
			}
		}
		if err != nil {
			return story[S]{}, unreadable(s, err)
		}
		e, ok := r.Event.(E)
		if !ok {
			return told, fmt.Errorf("read %s: %s does not belong there", s, r.Kind())
		}
		told.state, told.length, told.at = evolve(told.state, e, r.Moment), r.Revision+1, r.Position
		if r.By.Key != "" {
			more[markOf(r.By.Key)] = keyed{markOf(r.By.Ask), r.Position, told.length}
		}
	}
	if told.length > known {
		told.keyed = told.keyed.with(more)
	}
	if told.length > known && h.taken.Load() == taken { // else it may be told otherwise by now
		keep(&h.shelf, s, told)
	}
	return told, nil
}
