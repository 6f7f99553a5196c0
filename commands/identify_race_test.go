package commands_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
	"skein/domain/space"
)

// Two identical identifications by two processes make one contact, right before whatever
// append of the one the other one comes, under the same key or none: both are answered
// with it, or one is told that the other is at it, and finds it when it asks again.
func TestIdentifyTwiceAtAnyMoment(t *testing.T) {
	t.Parallel()
	for _, as := range []domain.By{by, keyed} {
		for n := 1; ; n++ {
			h := build(t)
			h.Hash = sum
			h.channel(t, "chat", "")
			cmd := known("email", "ada@example.org", "external_id", "A", "first_name", "Ada")
			cmd.Identities = []contact.Identity{{Channel: "chat", Of: "ada"}}
			ask := func(h *commands.Handler, in commands.Room) (commands.Identified, error) {
				return h.IdentifyContact(t.Context(), as, in, cmd)
			}
			one, mortal := h.process(journaltest.Fault{})
			other, _ := h.process(journaltest.Fault{})
			var second commands.Identified
			var refused error
			one.Journal = &interrupted{mortal, n, func() { second, refused = ask(other, h.room) }}
			first, err := ask(one, h.room)
			what := fmt.Sprintf("key %q, before append %d", as.Key, n)
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
			if refused != nil && !errors.Is(refused, identifier.ErrPending) {
				t.Errorf("%s: the other one: %v", what, refused)
			}
			if refused != nil || second.Contact == "" {
				if second, err = ask(other, h.room); err != nil {
					t.Errorf("%s: asked again: %v", what, err)
				}
			}
			if first.Contact != second.Contact || as.Key == "" && first.Created == second.Created || as.Key != "" && first != second {
				t.Errorf("%s: %+v and %+v", what, first, second)
			}
			if many := standing(h.journal, h.room.ID); many != 1 {
				t.Errorf("%s: %d contacts", what, many)
			}
			if twice := h.twice(h.room.ID, space.DefaultUnique); twice != "" {
				t.Errorf("%s: %s", what, twice)
			}
			if mortal.Appends() < n {
				break
			}
		}
	}
}

// The same, as it falls together, of which each has one of the values in another order,
// and some are killed.
func TestIdentifyRace(t *testing.T) {
	t.Parallel()
	for round := range 40 {
		h := build(t)
		h.Hash = sum
		h.Now, h.journal.Now = time.Now, nil
		var all sync.WaitGroup
		found := make([]commands.Identified, 4)
		for i := range found {
			all.Go(func() {
				fault := journaltest.Fault{}
				if i == 0 {
					fault = journaltest.Fault{Append: 1 + round%5, After: round%2 == 0}
				}
				p, _ := h.process(fault)
				p.Now = time.Now
				cmd := known("email", "ada@example.org", "external_id", "A", "first_name", "Ada")
				as := by
				if i < 2 {
					as = keyed // the same request, sent twice
				}
				for {
					done, err := p.IdentifyContact(t.Context(), as, h.room, cmd)
					if errors.Is(err, journaltest.ErrKilled) {
						p, _ = h.process(journaltest.Fault{})
						p.Now, p.Alone = time.Now, time.Time{}
						continue
					}
					if errors.Is(err, identifier.ErrPending) || errors.Is(err, commands.ErrBusy) {
						continue
					}
					if err != nil {
						t.Error(err)
					}
					found[i] = done
					return
				}
			})
		}
		all.Wait()
		for _, done := range found {
			if done.Contact != found[0].Contact {
				t.Errorf("round %d: %+v", round, found)
			}
		}
		if found[0].Contact != found[1].Contact || found[0].Created != found[1].Created {
			t.Errorf("round %d: the same request is answered %+v and %+v", round, found[0], found[1])
		}
		if many := standing(h.journal, h.room.ID); many != 1 {
			t.Errorf("round %d: %d contacts", round, many)
		}
	}
}
