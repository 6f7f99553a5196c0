package commands_test

import (
	"context"
	"errors"
	"iter"
	"strings"

	"pgregory.net/rapid"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
)

// actor is a process that waits for its turn before it reads or appends.
type actor struct {
	commands.Journal
	name  string
	reads bool
	at    chan string
	turn  chan struct{}
	err   error
}

func (a *actor) Read(ctx context.Context, s domain.Stream, from uint64) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		if c := s.Category(); a.reads && c != "process" && c != "space" {
			a.at <- "read " + string(s)
			<-a.turn
		}
		var all []domain.Recorded
		for r, err := range a.Journal.Read(ctx, s, from) {
			if err != nil {
				yield(r, err)
				return
			}
			all = append(all, r)
		}
		for _, r := range all {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (a *actor) Append(ctx context.Context, s domain.Stream, length uint64, by domain.By, events ...domain.Event) (domain.Position, error) {
	a.at <- "append " + events[0].Kind()
	<-a.turn
	return a.Journal.Append(ctx, s, length, by, events...)
}

func (s *players) acts(t *rapid.T, d deedOf, f journaltest.Fault, reads bool) *actor {
	h, m := s.process(f)
	a := &actor{Journal: m, name: d.name, reads: reads, at: make(chan string), turn: make(chan struct{})}
	h.Journal = a
	go func() {
		a.err = d.do(h, s.trio)
		close(a.at)
	}()
	return a
}

// conduct lets the actors go on one after the other.
func conduct(t *rapid.T, all []*actor) {
	waits := map[*actor]bool{}
	over := map[*actor]bool{}
	for len(over) < len(all) {
		for _, a := range all {
			if over[a] || waits[a] {
				continue
			}
			what, goesOn := <-a.at
			if waits[a] = goesOn; !goesOn {
				over[a] = true
				t.Logf("%s is over: %v", a.name, a.err)
				var refused *domain.Refusal
				if a.err != nil && !errors.As(a.err, &refused) && !strings.Contains(a.err.Error(), journaltest.ErrKilled.Error()) {
					defer t.Fatalf("%s: %v", a.name, a.err)
				}
			}
			_ = what
		}
		var ready []*actor
		for _, a := range all {
			if waits[a] {
				ready = append(ready, a)
			}
		}
		if len(ready) == 0 {
			continue
		}
		next := ready[0]
		if len(ready) > 1 {
			next = rapid.SampledFrom(ready).Draw(t, "next")
		}
		waits[next] = false
		next.turn <- struct{}{}
	}
}
