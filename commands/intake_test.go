package commands_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"skein/commands"
	"skein/commands/journaltest"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/intake"
	"skein/domain/space"
)

// waiting are the messages that wait in the house's space, by sender.
func (h *house) waiting() map[intake.Key][]conversation.MessageID {
	kept := map[intake.Key]intake.Intake{}
	for _, r := range h.journal.All(0) {
		if e, ok := r.Event.(intake.Event); ok {
			key := intake.KeyOf(r.Stream)
			kept[key] = intake.Evolve(kept[key], e, r.Moment)
		}
	}
	all := map[intake.Key][]conversation.MessageID{}
	for key, i := range kept {
		for _, m := range i.Waiting {
			all[key] = append(all[key], m.Message)
		}
	}
	return all
}

func (h *house) takeUp(t *testing.T) {
	t.Helper()
	for key := range h.waiting() {
		if _, err := h.TakeUp(t.Context(), key, false); err != nil {
			t.Fatal(err)
		}
	}
}

// While a space is full, messages of unknown senders wait, each once; who is known is
// heard (C0-22, C0-23). When there is room they come in, in their order, and nothing is
// lost or doubled.
func TestMessagesBeyondLimit(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.channel(t, "chat", "")
	from := func(id, who string) commands.Inbound {
		return commands.Inbound{Message: conversation.MessageID(id), Channel: "chat", Identity: who, Name: who, Text: "Hello."}
	}
	ada := h.hear(t, from("0", "ada")).Contact
	h.limit(t, 1)
	for _, m := range []commands.Inbound{from("1", "eve"), from("2", "kit"), from("3", "eve"), from("1", "eve")} {
		if heard := h.hear(t, m); !heard.TurnedAway || heard.Contact != "" || heard.Position == 0 {
			t.Errorf("%s is %+v", m.Message, heard)
		}
	}
	if heard := h.hear(t, from("4", "ada")); heard.TurnedAway || heard.Contact != ada {
		t.Errorf("ada is %+v", heard)
	}
	if n := len(h.waiting()); n != 2 || standing(h.journal, h.room.ID) != 1 {
		t.Errorf("%v wait", h.waiting())
	}
	before := len(h.journal.All(0))
	if h.takeUp(t); len(h.journal.All(0)) != before {
		t.Errorf("a full space took up %v", h.journal.All(domain.Position(before)))
	}
	h.edit(t, space.Edit{Limit: &space.Limit{}})
	h.takeUp(t)
	h.takeUp(t)
	h.hear(t, from("3", "eve"))
	if len(h.waiting()) != 0 || standing(h.journal, h.room.ID) != 3 {
		t.Errorf("%v wait, and %d are there", h.waiting(), standing(h.journal, h.room.ID))
	}
	for id, with := range h.noted() {
		if len(with) != 1 {
			t.Errorf("%s was noted with %v", id, with)
		}
	}
	if n := h.noted(); len(n) != 5 || n["1"][0] != n["3"][0] || n["1"][0] == n["2"][0] {
		t.Errorf("noted %v", n)
	}
}

// Whoever became a contact meanwhile is heard, though the space is full.
func TestKnownMeanwhile(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.limit(t, 0)
	h.hear(t, commands.Inbound{Message: "1", Channel: space.Mail, Identity: "ada@example.org"})
	h.edit(t, space.Edit{Limit: &space.Limit{}})
	ada := h.contact(t, "ada@example.org")
	h.edit(t, space.Edit{Limit: &space.Limit{On: true, AtMost: 1}})
	h.takeUp(t)
	if with := h.noted()["1"]; len(with) != 1 || with[0] != ada {
		t.Errorf("noted with %v", with)
	}
}

// Sent under one key, a message that was turned away is answered alike, also when it was
// taken up since.
func TestTurnedAwayOnce(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.Hash = sum
	h.limit(t, 0)
	hello := commands.Inbound{Channel: space.Mail, Identity: "ada@example.org"}
	first, err := h.Hear(t.Context(), keyed, h.room, hello)
	if err != nil || !first.TurnedAway {
		t.Fatal(first, err)
	}
	h.edit(t, space.Edit{Limit: &space.Limit{}})
	h.takeUp(t)
	before := len(h.journal.All(0))
	if again, err := h.Hear(t.Context(), keyed, h.room, hello); err != nil || again != first || len(h.journal.All(0)) != before {
		t.Errorf("answered %+v, and then %+v, %v", first, again, err)
	}
}

// Killed at any append and sent again, a message of an unknown sender is noted once, in
// the conversation of one contact; killed once more while it is taken up too.
func TestHearKilled(t *testing.T) {
	t.Parallel()
	hello := commands.Inbound{Message: "1", Channel: space.Mail, Identity: "ada@example.org", Name: "Ada"}
	for name, prepare := range map[string]func(*house){
		"unknown": func(*house) {},
		"known":   func(h *house) { h.contact(t, "ada@example.org") },
		"full":    func(h *house) { h.limit(t, 0) },
	} {
		for first := range journaltest.Faults(6) {
			for second := range journaltest.Faults(6) {
				h := build(t)
				h.Hash = sum
				h.whiteLabel(t, true)
				prepare(h)
				mortal, _ := h.process(first)
				_, _ = mortal.Hear(t.Context(), keyed, h.room, hello)
				h.clock.Add(120)
				fresh, _ := h.process(journaltest.Fault{})
				if _, err := fresh.Hear(t.Context(), keyed, h.room, hello); err != nil {
					t.Fatalf("%s, killed %s: %v", name, first, err)
				}
				h.edit(t, space.Edit{Limit: &space.Limit{}})
				for key := range h.waiting() {
					mortal, _ := h.process(second)
					_, _ = mortal.TakeUp(t.Context(), key, false)
				}
				h.clock.Add(120)
				h.takeUp(t)
				ids := h.noted()["1"]
				if len(ids) != 1 || standing(h.journal, h.room.ID) != 1 || len(h.waiting()) != 0 || h.told(ids[0]).Standing() != nil {
					t.Fatalf("%s, killed %s and %s: noted with %v, and %v wait", name, first, second, ids, h.waiting())
				}
				if is := h.told(ids[0]).Identities(); !slices.Equal(is, []contact.Identity{{Channel: space.Mail, Of: "ada@example.org"}}) {
					t.Fatalf("%s, killed %s and %s: has %v", name, first, second, is)
				}
			}
		}
	}
}

// More messages of a sender than can wait are refused.
func TestTooManyWait(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.channel(t, "chat", "")
	h.limit(t, 0)
	for n := range intake.MostWaiting {
		h.hear(t, commands.Inbound{Message: conversation.MessageID(fmt.Sprint(n)), Channel: "chat", Identity: "ada"})
	}
	if _, err := h.Hear(t.Context(), by, h.room, commands.Inbound{Message: "one more", Channel: "chat", Identity: "ada"}); !errors.Is(err, space.ErrFull) {
		t.Errorf("one more: %v", err)
	}
}
