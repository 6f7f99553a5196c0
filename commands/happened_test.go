package commands_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"skein/commands"
	"skein/domain"
	"skein/domain/conversation"
	"skein/domain/space"
)

// What is said to happen more than a day ahead is refused, for it would stay the last
// interaction for ever. A mail is taken all the same, as one of now (D4-9).
func TestNothingHappenedAhead(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	h.channel(t, "chat", "")
	ada := h.hear(t, commands.Inbound{Message: "1", Channel: "chat", Identity: "ada", At: monday}).Contact
	for name, say := range map[string]func(at time.Time) error{
		"inbound": func(at time.Time) error {
			_, err := h.Hear(ctx, by, h.room, commands.Inbound{Channel: "chat", Identity: "ada", At: at})
			return err
		},
		"message": func(at time.Time) error {
			_, _, err := h.Send(ctx, by, h.room, ada, conversation.Send{Channel: "chat", At: at})
			return err
		},
		"event": func(at time.Time) error {
			_, _, err := h.NoteEvent(ctx, by, h.room, ada, conversation.NoteEvent{Name: "ordered", At: at})
			return err
		},
	} {
		if err := say(h.Now().Add(24 * time.Hour)); err != nil {
			t.Errorf("%s of tomorrow: %v", name, err)
		}
		var refused *domain.Refusal
		for _, at := range []time.Time{h.Now().Add(24*time.Hour + time.Second), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)} {
			if err := say(at); !errors.As(err, &refused) || refused.Code != "interaction_at_invalid" || refused.Reason != domain.Invalid || refused.At != "/at" {
				t.Errorf("%s of %s: %v", name, at, err)
			}
		}
	}
	mail := commands.Mailed{Identity: "2", Email: "eve@example.org", At: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)}
	if err := h.Receive(ctx, by, h.room, mail); err != nil {
		t.Fatal(err)
	}
	all := h.journal.All(0)
	got, ok := all[len(all)-1].Event.(conversation.MessageReceived)
	if !ok || got.Channel != space.Mail || !got.At.Equal(h.Now()) {
		t.Errorf("noted %+v", all[len(all)-1].Event)
	}
}

// Whoever does not wait for their turn any more leaves, and holds up nobody.
func TestTurnIsNotWaitedForForEver(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.channel(t, "chat", "")
	hello := commands.Inbound{Message: "1", Channel: "chat", Identity: "ada"}
	var once error
	h.Journal = &interrupted{h.journal, 1, func() {
		ctx, leave := context.WithCancel(t.Context())
		leave()
		if _, err := h.Hear(ctx, by, h.room, hello); err == nil {
			t.Error("heard while it was another one's turn")
		}
		soon, leave := context.WithCancel(t.Context())
		defer leave()
		second := make(chan struct{})
		go func() {
			defer close(second)
			_, once = h.Hear(soon, by, h.room, hello)
		}()
		for h.InTurn(h.room, hello) < 2 {
			select {
			case <-second:
				return
			case <-time.After(time.Millisecond):
			}
		}
		leave()
		<-second
	}}
	h.hear(t, hello)
	if !errors.Is(once, context.Canceled) || h.InTurn(h.room, hello) != 0 {
		t.Errorf("who left was told %v; %d are still in turn", once, h.InTurn(h.room, hello))
	}
	if with := h.noted()["1"]; len(with) != 1 {
		t.Errorf("noted with %v", with)
	}
}
