package commands_test

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"skein/commands"
	"skein/domain"
	"skein/domain/conversation"
	"skein/domain/identifier"
	"skein/domain/space"
)

// Sent under one key, a message is noted once and answered alike, whatever happened to
// its contact since.
func TestHearOnce(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.Hash = sum
	keyed := domain.By{Actor: "shop", Key: "k", Ask: "a"}
	hello := commands.Inbound{Channel: space.Mail, Identity: "lord@example.org"}
	first, err := h.Hear(t.Context(), keyed, h.room, hello)
	if err != nil || !first.Created || first.Message == "" {
		t.Fatal(first, err)
	}
	ada := h.contact(t, "ada@example.org")
	h.merge(t, ada, first.Contact)
	h.hear(t, commands.Inbound{Message: "2", Channel: space.Mail, Identity: "lord@example.org"})
	before := len(h.journal.All(0))
	if again, err := h.Hear(t.Context(), keyed, h.room, hello); err != nil || again != first {
		t.Errorf("answered %+v, and then %+v, %v", first, again, err)
	}
	if now := len(h.journal.All(0)); now != before {
		t.Errorf("recorded %v", h.journal.All(domain.Position(before)))
	}
}

// Of many who bring messages of an unknown sender at once, also the same ones, one
// makes the contact, and each message is noted once.
func TestHearAtOnce(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.Now, h.journal.Now = time.Now, nil
	h.channel(t, "chat", "")
	var all sync.WaitGroup
	for n := range 30 {
		all.Go(func() {
			m := commands.Inbound{Message: conversation.MessageID(fmt.Sprint(n % 10)), Channel: "chat", Identity: "ada"}
			for {
				_, err := h.Hear(t.Context(), by, h.room, m)
				if errors.Is(err, identifier.ErrPending) || errors.Is(err, commands.ErrBusy) {
					continue
				}
				if err != nil {
					t.Error(err)
				}
				return
			}
		})
	}
	all.Wait()
	if _, ids := families(h.journal, h.room.ID); len(ids) != 1 || len(h.noted()) != 10 {
		t.Errorf("%v are there, with %d messages", ids, len(h.noted()))
	}
	for id, with := range h.noted() {
		if len(with) != 1 {
			t.Errorf("%s was noted with %v", id, with)
		}
	}
}

// A message that is brought twice at once is noted once, though its contact is merged
// between the two.
func TestHearTwiceMeanwhile(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.channel(t, "chat", "")
	ada := h.hear(t, commands.Inbound{Message: "1", Channel: "chat", Identity: "ada"}).Contact
	lord := h.hear(t, commands.Inbound{Message: "2", Channel: "chat", Identity: "lord"}).Contact
	hello := commands.Inbound{Message: "3", Channel: "chat", Identity: "lord"}
	second := make(chan struct{})
	h.Journal = &interrupted{h.journal, 1, func() {
		h.merge(t, ada, lord)
		go func() {
			defer close(second)
			if _, err := h.Hear(t.Context(), by, h.room, hello); err != nil {
				t.Error(err)
			}
		}()
		for h.InTurn(h.room, hello) < 2 {
			select {
			case <-second:
				return
			default:
				runtime.Gosched()
			}
		}
	}}
	h.hear(t, hello)
	<-second
	if with := h.noted()["3"]; len(with) != 1 {
		t.Errorf("noted with %v", with)
	}
}
