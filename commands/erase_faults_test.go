package commands_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"skein/adapters/memory"
	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/process"
)

// doomed is a journal as a process sees it that is killed at some time: right before or
// after it records something, or takes something out of a history.
type doomed struct {
	*memory.Journal
	journaltest.Fault

	before func(act int) // something else that is done first

	mu   sync.Mutex
	acts int
	dead bool
}

func (d *doomed) act(do func() error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return journaltest.ErrKilled
	}
	if d.acts++; d.before != nil {
		d.before(d.acts)
	}
	if d.dead = d.acts == d.Fault.Append; d.dead && !d.After {
		return journaltest.ErrKilled
	}
	err := do()
	if d.dead {
		err = journaltest.ErrKilled
	}
	return err
}

func (d *doomed) Append(ctx context.Context, s domain.Stream, length uint64, by domain.By, events ...domain.Event) (at domain.Position, err error) {
	err = d.act(func() (err error) {
		at, err = d.Journal.Append(ctx, s, length, by, events...)
		return err
	})
	return at, err
}

func (d *doomed) Redact(ctx context.Context, s domain.Stream, told []domain.Recorded, closed bool) error {
	return d.act(func() error { return d.Journal.Redact(ctx, s, told, closed) })
}

func (d *doomed) Read(ctx context.Context, s domain.Stream, from uint64) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		d.mu.Lock()
		dead := d.dead
		d.mu.Unlock()
		if dead {
			yield(domain.Recorded{}, journaltest.ErrKilled)
			return
		}
		d.Journal.Read(ctx, s, from)(yield)
	}
}

// dies is a process of its own on the journal that is killed at some time.
func (h *house) dies(f journaltest.Fault) (*commands.Handler, *doomed) {
	d := &doomed{Journal: h.journal, Fault: f}
	return &commands.Handler{Journal: d, Ground: d, Now: h.Now, NewID: h.NewID, Hash: h.Hash, Gate: h.Gate, Showing: h.Showing}, d
}

// Wherever whoever erases somebody is killed, and whoever goes on with it, pairs of faults
// too: nothing is left of him in the end, of others all is, and they are told as before
// (D1-14).
func TestEraseKilled(t *testing.T) {
	t.Parallel()
	for name, estate := range estates {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acts := whole(t, estate)
			for first := range journaltest.Faults(acts) {
				for second := range pairs(first, acts) {
					e := estate(t)
					what := fmt.Sprintf("killed %s, then %s", first, second)
					show, err := e.PreviewErasure(t.Context(), e.room, e.him)
					if err != nil {
						t.Fatal(err)
					}
					erase := func(h *commands.Handler) error {
						_, err := h.EraseContact(t.Context(), under("erase"), e.room, e.him, show.Token, "")
						return err
					}
					before := e.others(t)
					h, _ := e.dies(first)
					if err := erase(h); err != nil && !errors.Is(err, journaltest.ErrKilled) {
						t.Fatalf("%s: %v", what, err)
					}
					e.clock.Add(120)
					h, _ = e.dies(second)
					if _, err := h.Resume(t.Context(), e.room.ID, process.ID(e.IDFor(under("erase")))); err != nil && !errors.Is(err, journaltest.ErrKilled) && !errors.Is(err, process.ErrUnknown) {
						t.Fatalf("%s: resumed: %v", what, err)
					}
					e.clock.Add(120)
					h, _ = e.dies(never)
					if err := erase(h); err != nil {
						t.Fatalf("%s: asked again: %v", what, err)
					}
					e.nothingLeft(t)
					e.same(t, before)
					if t.Failed() {
						t.Fatal(what)
					}
				}
			}
		})
	}
}

// whole is how many appends and redactions it takes.
func whole(t *testing.T, estate func(*testing.T) *estate) int {
	e := estate(t)
	h, d := e.dies(never)
	if err := e.erase(t, h); err != nil {
		t.Fatal(err)
	}
	return d.acts
}

// pairs are the second faults that are tried after a first one: all of them where there
// is time, and else none and the one that follows right after.
func pairs(first journaltest.Fault, acts int) iter.Seq[journaltest.Fault] {
	return func(yield func(journaltest.Fault) bool) {
		for f := range journaltest.Faults(acts) {
			if (f.Append <= 1 || f.Append == acts-first.Append || os.Getenv("SKEIN_LONG") != "") && !yield(f) {
				return
			}
		}
	}
}

// others are all who stay, as people see them.
func (e *estate) others(t *testing.T) map[contact.ID]contact.Contact {
	t.Helper()
	told, _ := families(e.journal, e.room.ID)
	all := map[contact.ID]contact.Contact{}
	for _, id := range append([]contact.ID{e.ada, e.lord, e.eve}, e.stay...) {
		all[id] = told.Told(id)
	}
	return all
}

// same checks that others are told as before, but for what he had of them once.
func (e *estate) same(t *testing.T, before map[contact.ID]contact.Contact) {
	t.Helper()
	after := e.others(t)
	for _, all := range []map[contact.ID]contact.Contact{before, after} {
		for id, c := range all {
			c.Values = maps.Clone(c.Values)
			maps.DeleteFunc(c.Values, func(_ contact.Slot, v contact.Value) bool { return v.Text == "" })
			all[id] = c
		}
	}
	if diff := cmp.Diff(before, after, cmpopts.IgnoreFields(contact.Contact{}, "Length", "Gave")); diff != "" {
		t.Errorf("others are told otherwise (-before +after):\n%s", diff)
	}
}
