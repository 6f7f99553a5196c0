// Package domaintest tests deciders the way they are spoken of:
// given what happened, when something is asked, then this follows.
package domaintest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"skein/domain"
)

// Monday is when the first event of every scenario happens; the others follow a
// minute apart.
var Monday = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// Moment is when the event with the given revision happens in a scenario.
func Moment(revision int) domain.Moment {
	return domain.Moment{
		Position: domain.Position(revision + 1), At: Monday.Add(time.Duration(revision) * time.Minute),
		By: domain.By{Actor: "test"},
	}
}

// Decider is a decider under test.
type Decider[S, C any, E domain.Event] struct {
	decide func(S, C) ([]E, error)
	evolve func(S, E, domain.Moment) S
	codec  domain.Codec
}

// For returns the decider made of decide and evolve, whose events are facts.
func For[S, C any, E domain.Event](decide func(S, C) ([]E, error), evolve func(S, E, domain.Moment) S, facts []domain.Fact) Decider[S, C, E] {
	return Decider[S, C, E]{decide, evolve, domain.NewCodec(facts)}
}

// Given starts a scenario after the events have happened.
func (d Decider[S, C, E]) Given(history ...E) Scenario[S, C, E] {
	return Scenario[S, C, E]{Decider: d, history: history}
}

// Scenario is a decider with a history and a command.
type Scenario[S, C any, E domain.Event] struct {
	Decider[S, C, E]
	history []E
	cmd     C
}

// When asks for cmd.
func (s Scenario[S, C, E]) When(cmd C) Scenario[S, C, E] {
	s.cmd = cmd
	return s
}

// Then fails t unless the command is answered with exactly the events.
func (s Scenario[S, C, E]) Then(t *testing.T, want ...E) {
	t.Helper()
	got, err := s.run(t)
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("decided otherwise (-want +got):\n%s", diff)
	}
}

// Refused fails t unless the command is refused with the error, pointing to at.
func (s Scenario[S, C, E]) Refused(t *testing.T, want error, at string) {
	t.Helper()
	got, err := s.run(t)
	if !errors.Is(err, want) {
		t.Fatalf("decided %v, %v\n   want refusal %v", got, err, want)
	}
	var refusal *domain.Refusal
	if errors.As(err, &refusal) && refusal.At != at {
		t.Errorf("refused at %q, want %q", refusal.At, at)
	}
}

// State returns the state after the history, read back from the journal's form.
func (s Scenario[S, C, E]) State(t *testing.T) (state S) {
	t.Helper()
	for i, e := range s.history {
		state = s.evolve(state, kept(t, s.codec, e), Moment(i))
	}
	return state
}

func (s Scenario[S, C, E]) run(t *testing.T) ([]E, error) {
	t.Helper()
	events, err := s.decide(s.State(t), s.cmd)
	for _, e := range events {
		kept(t, s.codec, e)
	}
	return events, err
}

// kept is e as it comes back from the journal.
func kept[E domain.Event](t *testing.T, codec domain.Codec, e E) E {
	t.Helper()
	data, err := codec.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	back, err := codec.Decode(e.Kind(), data)
	if err != nil {
		t.Fatal(err)
	}
	return back.(E)
}
