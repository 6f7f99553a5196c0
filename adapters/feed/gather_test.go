package feed_test

import (
	"context"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"skein/adapters/feed"
	"skein/domain"
)

// script is a journal that says what it is told to, and then waits.
type script []*esdb.SubscriptionEvent

func (s script) Subscribe(ctx context.Context, _ domain.Position, arrived func(*esdb.SubscriptionEvent)) error {
	for _, e := range s {
		arrived(e)
	}
	<-ctx.Done()
	return ctx.Err()
}

func event(stream, kind string, at uint64) *esdb.SubscriptionEvent {
	e := &esdb.RecordedEvent{StreamID: stream, EventType: kind, Position: esdb.Position{Commit: at}, Data: []byte("{}")}
	return &esdb.SubscriptionEvent{EventAppeared: &esdb.ResolvedEvent{Event: e}}
}

// Servers differ in what they say beside the events.
func TestDialects(t *testing.T) {
	t.Parallel()
	ada, eve := event("contact-lab.ada", "contact.edited", 7), event("contact-lab.eve", "contact.edited", 8)
	caughtUp := &esdb.SubscriptionEvent{CaughtUp: &esdb.Subscription{}}
	fellBehind := &esdb.SubscriptionEvent{FellBehind: &esdb.Subscription{}}
	checkpoint := &esdb.SubscriptionEvent{CheckPointReached: &esdb.Position{Commit: 9}}
	gone := &esdb.SubscriptionEvent{EventAppeared: &esdb.ResolvedEvent{}}
	for name, said := range map[string]script{
		"OldServer":  {ada, eve},
		"CaughtUp":   {ada, eve, caughtUp},
		"FellBehind": {caughtUp, fellBehind, ada, eve, caughtUp},
		"Checkpoint": {ada, checkpoint, eve, checkpoint},
		"DeadLink":   {ada, gone, eve},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sub := &feed.Subscriber{Journal: said, Checkpoint: fromTheStart, Log: quiet}
			defer sub.Close()
			pages, err := sub.Subscribe(t.Context(), "contacts")
			if err != nil {
				t.Fatal(err)
			}
			if lines, end := page(t, pages); len(lines) != 2 || end != 8 {
				t.Errorf("%v, ending at %d", lines, end)
			}
		})
	}
}

// The journal's own events, be they ever so many, do not hold the position back.
func TestOnlySystemEvents(t *testing.T) {
	t.Parallel()
	var said script
	for at := range uint64(100) {
		said = append(said, event("$stats", "$statsCollected", at+1))
	}
	sub := &feed.Subscriber{Journal: said, Checkpoint: fromTheStart, Log: quiet, PageEvents: 2}
	defer sub.Close()
	pages, err := sub.Subscribe(t.Context(), "contacts")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []domain.Position{32, 64, 96, 100} {
		if lines, end := page(t, pages); len(lines) != 0 || end != want {
			t.Errorf("%d events up to %d, want none up to %d", len(lines), end, want)
		}
	}
}
