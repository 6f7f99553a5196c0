package commands_test

import (
	"context"
	"iter"
	"reflect"
	"sync/atomic"
	"testing"

	"skein/adapters/memory"
	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
)

// countedJournal counts the events that are read.
type countedJournal struct {
	*memory.Journal
	read atomic.Int64
}

func (j *countedJournal) Read(ctx context.Context, s domain.Stream, from uint64) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		for r, err := range j.Journal.Read(ctx, s, from) {
			j.read.Add(1)
			if !yield(r, err) {
				return
			}
		}
	}
}

// Histories that are read in many pages are told as if they were read at once, and each
// event is read once.
func TestAnnalsInPages(t *testing.T) {
	t.Parallel()
	j, room, kin := annalsOf(t, 600, 150)
	var want contact.Family
	for _, r := range j.All(0) {
		want.Tell(r)
	}
	counted := &countedJournal{Journal: j}
	h := &commands.Handler{Journal: counted}
	got, _, err := h.AsOf(t.Context(), room, kin[0], kin, commands.Until{})
	if err != nil || !reflect.DeepEqual(*got, want) {
		t.Fatalf("told otherwise, %v", err)
	}
	if all := int64(len(j.All(0))); counted.read.Load() != all {
		t.Errorf("%d events were read of %d", counted.read.Load(), all)
	}
}

// What comes behind a position is not read.
func TestAnnalsAreReadUpTo(t *testing.T) {
	t.Parallel()
	j, room, kin := annalsOf(t, 3, 1000)
	counted := &countedJournal{Journal: j}
	h := &commands.Handler{Journal: counted}
	until := commands.Until{}.UpTo(10).Till(j.All(0)[20].At)
	var want contact.Family
	for _, r := range j.All(0)[:10] {
		want.Tell(r)
	}
	got, _, err := h.AsOf(t.Context(), room, kin[0], kin, until)
	if err != nil || !reflect.DeepEqual(*got, want) {
		t.Fatalf("told otherwise, %v", err)
	}
	if counted.read.Load() > 10+3 {
		t.Errorf("%d events were read to tell 10", counted.read.Load())
	}
}

// A history that is too long to be held is told as the others are.
func TestLongHistory(t *testing.T) {
	t.Parallel()
	const long = 70_000
	j, room := &memory.Journal{}, commands.Room{ID: "lab"}
	ada, lord := contact.Key{Space: "lab", ID: "ada"}, contact.Key{Space: "lab", ID: "lord"}
	events := make([]domain.Event, long)
	for i := range events {
		events[i] = contact.Edited{Says: map[contact.Slot]string{"country": []string{"UK", "GR"}[i%2]}}
	}
	events[0] = contact.Created{Says: map[contact.Slot]string{"country": "UK"}}
	for _, one := range []struct {
		of     contact.Key
		events []domain.Event
	}{{ada, events}, {lord, []domain.Event{contact.Created{}, contact.Merged{Survivor: "ada"}}}} {
		if _, err := j.Append(t.Context(), one.of.Stream(), 0, by, one.events...); err != nil {
			t.Fatal(err)
		}
	}
	h := &commands.Handler{Journal: j}
	kin := []contact.ID{"ada", "lord"}
	steps, err := h.History(t.Context(), room, "ada", kin, commands.Until{}, long-2, 10)
	if err != nil || len(steps) != 4 {
		t.Fatalf("%d steps, %v", len(steps), err)
	}
	for i, step := range steps {
		if step.Position != domain.Position(long-1+i) || step.Before.Field("country") == step.After.Field("country") && i < 2 {
			t.Errorf("step %d is at %d, from %s to %s", i, step.Position, step.Before.Field("country"), step.After.Field("country"))
		}
	}
	if last := steps[3]; last.Contact != "lord" || last.Kind() != "contact.merged" {
		t.Errorf("at last %s happens to %s", last.Kind(), last.Contact)
	}
}
