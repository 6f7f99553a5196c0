package commands_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/organization"
	"skein/domain/process"
	"skein/domain/space"
)

// pairing tags two contacts, both of them or none.
type pairing struct {
	*house
	Ada, Eve contact.ID
	refuses  func() error // of the second step
}

// pair are the contacts that are asked for.
type pair struct{ Ada, Eve contact.ID }

func pairUp(t *testing.T) *pairing {
	h := build(t)
	h.Hash = sum
	return &pairing{h, h.contact(t, "ada@example.org"), h.contact(t, "eve@example.org"), func() error { return nil }}
}

// sum is a hash that is as long as a real one.
func sum(parts ...string) string {
	all := sha256.Sum256([]byte(strings.Join(parts, "~")))
	return hex.EncodeToString(all[:16])
}

// process is a process of its own on the journal, that is killed at some time.
func (p *pairing) process(f journaltest.Fault) (*commands.Handler, *journaltest.Mortal) {
	m := &journaltest.Mortal{Journal: p.journal, Fault: f}
	return &commands.Handler{Journal: m, Now: p.Now, NewID: p.NewID, Hash: p.Hash, Gate: p.Gate, Showing: p.Showing}, m
}

func (p *pairing) course(h *commands.Handler) commands.Course[pair] {
	tag := func(ctx context.Context, by domain.By, in commands.Room, id contact.ID, edit contact.Edit) error {
		_, err := h.EditContact(ctx, commands.StepBy(by, string(id)), in, id, edit)
		return err
	}
	steps := func(ctx context.Context, by domain.By, in commands.Room, asked pair) error {
		if err := tag(ctx, by, in, asked.Ada, contact.Edit{Tag: []string{"paired"}}); err != nil {
			return err
		}
		if err := p.refuses(); err != nil {
			return err
		}
		return tag(ctx, by, in, asked.Eve, contact.Edit{Tag: []string{"paired"}})
	}
	back := func(ctx context.Context, by domain.By, in commands.Room, asked pair) error {
		return errors.Join(
			tag(ctx, commands.StepBy(by, "back"), in, asked.Eve, contact.Edit{Untag: []string{"paired"}}),
			tag(ctx, commands.StepBy(by, "back"), in, asked.Ada, contact.Edit{Untag: []string{"paired"}}))
	}
	return commands.CourseOf("pair", steps, back)
}

// keyed is who asks under a key.
var keyed = domain.By{Actor: "ada", Request: "r-1", Key: "k-1", Ask: "pair"}

func (p *pairing) ask(t *testing.T, h *commands.Handler) (domain.Position, error) {
	return commands.Run(t.Context(), h, keyed, p.room, p.course(h), pair{p.Ada, p.Eve})
}

// key is where the process is that is asked for.
func (p *pairing) key() process.Key {
	return process.Key{Space: p.room.ID, ID: process.ID(p.IDFor(keyed))}
}

// tagged are who is tagged, and how often that was recorded.
func (p *pairing) tagged() (ada, eve bool, edits int) {
	for _, r := range p.journal.All(0) {
		if e, ok := r.Event.(contact.Edited); ok && e.Says["#paired"] != "" {
			edits++
		}
	}
	return len(p.told(p.Ada).Tags()) > 0, len(p.told(p.Eve).Tags()) > 0, edits
}

// However often whoever is at a process is killed, and wherever: it ends as done or as
// undone, each step is taken once, and whoever asks again is answered the same.
func TestProcessEnds(t *testing.T) {
	t.Parallel()
	refused := domain.Refuse(domain.Conflict, "refused", "Not now.").Naming("contact", "eve")
	for name, refuses := range map[string]func() func() error{
		"done":    func() func() error { return func() error { return nil } },
		"refused": func() func() error { return func() error { return refused } },
		"refused once": func() func() error {
			times := 0
			return func() error { times++; return map[int]error{1: refused}[times] }
		},
		"busy once": func() func() error {
			times := 0
			return func() error { times++; return map[int]error{1: commands.ErrBusy}[times] }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for first := range journaltest.Faults(8) {
				for second := range journaltest.Faults(8) {
					p := pairUp(t)
					p.refuses = refuses()
					h, _ := p.process(first)
					_, err := p.ask(t, h)
					p.clock.Add(60)

					if h, m := p.process(second); err != nil {
						_, err = commands.ResumeAs(t.Context(), h, p.key(), p.course(h))
						if err != nil && !m.Dead() && !errors.Is(err, process.ErrUnknown) {
							t.Fatalf("killed %s, then %s: %v", first, second, err)
						}
					}
					p.clock.Add(60)

					h, _ = p.process(journaltest.Fault{})
					at, err := p.ask(t, h)
					ada, eve, edits := p.tagged()
					if done := err == nil; ada != done || eve != done || done && edits != 2 || !done && (!errors.Is(err, refused) || name == "done" || name == "busy once") {
						t.Fatalf("killed %s, then %s: ada %t, eve %t after %d edits, %v", first, second, ada, eve, edits, err)
					}
					events := len(p.journal.All(0))
					if again, other := p.ask(t, h); again != at || !errors.Is(other, err) && other != err {
						t.Fatalf("answered %d, %v and then %d, %v", at, err, again, other)
					}
					if more := p.journal.All(domain.Position(events)); len(more) > 0 {
						t.Fatalf("asked again there is %v", more)
					}
				}
			}
		})
	}
}

// What is resumed is done in the name of whoever asked for it.
func TestResumeAsAsked(t *testing.T) {
	t.Parallel()
	p := pairUp(t)
	h, _ := p.process(journaltest.Fault{Append: 1, After: true})
	if _, err := p.ask(t, h); !errors.Is(err, journaltest.ErrKilled) {
		t.Fatal(err)
	}
	begun := len(p.journal.All(0))
	p.clock.Add(60)
	if outcome, err := commands.ResumeAs(t.Context(), p.Handler, p.key(), p.course(p.Handler)); outcome != process.Done || err != nil {
		t.Fatal(outcome, err)
	}
	for _, r := range p.journal.All(domain.Position(begun)) {
		if r.By.Actor != "ada" || r.By.Request != "r-1" || r.By.Key == keyed.Key {
			t.Errorf("%s %s is by %+v", r.Stream, r.Kind(), r.By)
		}
	}
}

// Nobody takes over a process while somebody may be at it, unless they are known to have
// ended.
func TestResumeInTime(t *testing.T) {
	t.Parallel()
	p := pairUp(t)
	h, _ := p.process(journaltest.Fault{Append: 1, After: true})
	if _, err := p.ask(t, h); !errors.Is(err, journaltest.ErrKilled) {
		t.Fatal(err)
	}
	resume := func(h *commands.Handler) error {
		_, err := commands.ResumeAs(t.Context(), h, p.key(), p.course(h))
		return err
	}
	p.clock.Add(59)
	if err := resume(p.Handler); !errors.Is(err, commands.ErrUnderway) {
		t.Errorf("after 59 s: %v", err)
	}
	alone, m := p.process(journaltest.Fault{Append: 1, After: true})
	alone.Alone = p.Now()
	if err := resume(alone); !errors.Is(err, journaltest.ErrKilled) || m.Appends() != 1 {
		t.Errorf("alone: %v", err)
	}
	p.clock.Add(1)
	if err := resume(p.Handler); !errors.Is(err, commands.ErrUnderway) {
		t.Errorf("a second after somebody took over: %v", err)
	}
	p.clock.Add(59)
	if err := resume(p.Handler); err != nil {
		t.Errorf("a minute after: %v", err)
	}
	if err := resume(p.Handler); err != nil {
		t.Errorf("when it has ended: %v", err)
	}
}

// A key is good for what was asked under it, and for nothing else.
func TestProcessKeyReused(t *testing.T) {
	t.Parallel()
	p := pairUp(t)
	if _, err := p.ask(t, p.Handler); err != nil {
		t.Fatal(err)
	}
	other := keyed
	other.Ask = "something else"
	if _, err := commands.Run(t.Context(), p.Handler, other, p.room, p.course(p.Handler), pair{p.Eve, p.Ada}); !errors.Is(err, commands.ErrKeyReused) {
		t.Error(err)
	}
}

// A process without a way back is undone as soon as it is refused.
func TestProcessWithoutWayBack(t *testing.T) {
	t.Parallel()
	p := pairUp(t)
	refused := domain.Refuse(domain.Conflict, "refused", "Not now.")
	course := commands.CourseOf("try", func(context.Context, domain.By, commands.Room, pair) error { return refused }, nil)
	for range 2 {
		if _, err := commands.Run(t.Context(), p.Handler, keyed, p.room, course, pair{}); !errors.Is(err, refused) {
			t.Error(err)
		}
	}
	if all := p.journal.All(0); all[len(all)-1].Event != (process.Ended{Outcome: process.Undone}) {
		t.Errorf("it ends with %v", all[len(all)-1])
	}
}

// A process in a space that is deleted is never gone on with, and one that nobody knows
// is left to those who do.
func TestResumeNothing(t *testing.T) {
	t.Parallel()
	p := pairUp(t)
	h, _ := p.process(journaltest.Fault{Append: 1, After: true})
	if _, err := p.ask(t, h); !errors.Is(err, journaltest.ErrKilled) {
		t.Fatal(err)
	}
	p.clock.Add(60)
	if _, err := p.Resume(t.Context(), p.room.ID, "nobody"); !errors.Is(err, process.ErrUnknown) {
		t.Errorf("never started: %v", err)
	}
	var refused *domain.Refusal
	if _, err := p.Resume(t.Context(), p.room.ID, p.key().ID); err == nil || errors.As(err, &refused) {
		t.Errorf("of a kind that nobody knows: %v", err)
	}
	if _, err := p.DeleteSpace(t.Context(), by, "engines", p.room.ID, "Lab", organization.Usage{}); err != nil {
		t.Fatal(err)
	}
	if _, err := commands.ResumeAs(t.Context(), p.Handler, p.key(), p.course(p.Handler)); !errors.Is(err, space.ErrUnknown) {
		t.Errorf("in a deleted space: %v", err)
	}
	if ada, eve, _ := p.tagged(); ada || eve {
		t.Error("something was done")
	}
}

// A process whose step waits for another one does not turn back, and is done later.
func TestProcessWithinProcess(t *testing.T) {
	t.Parallel()
	p := pairUp(t)
	p.refuses = func() error { return commands.ErrUnderway }
	if _, err := p.ask(t, p.Handler); !errors.Is(err, commands.ErrUnderway) {
		t.Error(err)
	}
	p.clock.Add(60)
	p.refuses = func() error { return nil }
	if _, err := p.ask(t, p.Handler); err != nil {
		t.Error(err)
	}
	if ada, eve, edits := p.tagged(); !ada || !eve || edits != 2 {
		t.Errorf("ada %t, eve %t after %d edits", ada, eve, edits)
	}
}
