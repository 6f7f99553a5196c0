package commands_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/space"
)

// A message that went out goes, unless somebody says otherwise, where the contact was
// in touch last on the channel; also where it consists of several.
func TestSend(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	h.channel(t, "chat", "")
	ada := h.hear(t, commands.Inbound{Message: "1", Channel: "chat", Identity: "ada", At: monday}).Contact
	lord := h.hear(t, commands.Inbound{Message: "2", Channel: "chat", Identity: "lord", At: monday.Add(time.Hour)}).Contact
	sent := func(to contact.ID, cmd conversation.Send) (string, error) {
		t.Helper()
		id, at, err := h.Send(ctx, by, h.room, to, cmd)
		if err != nil {
			return "", err
		}
		e, ok := h.journal.All(at - 1)[0].Event.(conversation.MessageSent)
		if !ok || e.Message != id {
			t.Errorf("recorded %+v", h.journal.All(at - 1)[0])
		}
		return e.Identity, nil
	}
	for _, c := range []struct {
		to   contact.ID
		cmd  conversation.Send
		want string
	}{
		{ada, conversation.Send{Channel: "chat"}, "ada"},
		{ada, conversation.Send{Channel: "chat", Identity: "other"}, "other"},
		{lord, conversation.Send{Channel: "chat", Message: "out", At: monday.Add(2 * time.Hour)}, "lord"},
	} {
		if got, err := sent(c.to, c.cmd); err != nil || got != c.want {
			t.Errorf("%+v went to %q, %v", c.cmd, got, err)
		}
	}
	h.merge(t, ada, lord)
	h.hear(t, commands.Inbound{Message: "3", Channel: "chat", Identity: "lord", At: h.Now().Add(time.Hour)})
	if got, err := sent(ada, conversation.Send{Channel: "chat"}); err != nil || got != "lord" {
		t.Errorf("after the merge it went to %q, %v", got, err)
	}
	if _, _, err := h.Send(ctx, by, h.room, ada, conversation.Send{Channel: "chat", Message: "out"}); err != nil {
		t.Error(err)
	}
	if with := h.noted()["out"]; len(with) != 1 {
		t.Errorf("sent again, it is noted with %v", with)
	}
	var refused *domain.Refusal
	if _, _, err := h.Send(ctx, by, h.room, lord, conversation.Send{Channel: "chat"}); !errors.As(err, &refused) || !errors.Is(err, contact.ErrMerged) || refused.Names["survivor"] != string(ada) {
		t.Errorf("asked of the absorbed one (D1-13): %v", err)
	}
	if _, _, err := h.Send(ctx, by, h.room, ada, conversation.Send{Channel: space.Mail}); !errors.As(err, &refused) || refused.Code != "identity_missing" {
		t.Errorf("nobody knows where to: %v", err)
	}
	if _, _, err := h.Send(ctx, by, h.room, ada, conversation.Send{Channel: "fax"}); !errors.As(err, &refused) || refused.Code != "channel_unknown" {
		t.Errorf("by no channel: %v", err)
	}
	if _, _, err := h.Comment(ctx, by, h.room, "nobody", conversation.Comment{Text: "x"}); !errors.Is(err, contact.ErrUnknown) {
		t.Errorf("of nobody: %v", err)
	}
}

// One conversation a channel: when two become one, the absorbed one's is closed if the
// survivor's is open too (D1-11), by no event (C2-67); whoever closes or opens it then
// means the one that people see.
func TestConversations(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	h.channel(t, "chat", "")
	ada := h.hear(t, commands.Inbound{Message: "1", Channel: "chat", Identity: "ada"}).Contact
	lord := h.hear(t, commands.Inbound{Message: "2", Channel: "chat", Identity: "lord"}).Contact
	king := h.contact(t, "king@example.org")
	if _, err := h.CloseConversation(ctx, by, h.room, king, "chat", "answered"); !errors.Is(err, domain.Refuse(0, "conversation_unknown", "")) {
		t.Errorf("closed what never was: %v", err)
	}
	h.merge(t, king, lord)
	if talk := h.told(king).Talks["chat"]; talk.State != contact.Opened {
		t.Errorf("the only one is %+v", talk)
	}
	if _, err := h.CloseConversation(ctx, by, h.room, king, "chat", "answered"); err != nil {
		t.Fatal(err)
	}
	if talk := h.told(king).Talks["chat"]; talk.State != contact.Closed || talk.Reason != "answered" {
		t.Errorf("after it was closed it is %+v", talk)
	}
	before := len(h.journal.All(0))
	if _, err := h.CloseConversation(ctx, by, h.room, king, "chat", "again"); err != nil || len(h.journal.All(0)) != before {
		t.Errorf("closed twice: %v", h.journal.All(domain.Position(before)))
	}
	if _, err := h.OpenConversation(ctx, by, h.room, king, "chat"); err != nil {
		t.Fatal(err)
	}
	if talk := h.told(king).Talks["chat"]; talk.State != contact.Opened {
		t.Errorf("after it was opened again it is %+v", talk)
	}
	h.merge(t, ada, king)
	told, _ := families(h.journal, h.room.ID)
	if closed := told.ClosedByMerge(king); len(closed) != 1 || closed[0] != "chat" {
		t.Errorf("the merge closed %v", closed)
	}
	for _, r := range h.journal.All(0) {
		if e, ok := r.Event.(conversation.Closed); ok && e.Reason != "answered" {
			t.Errorf("recorded %+v", e)
		}
	}
	if _, err := h.CloseConversation(ctx, by, h.room, ada, "chat", "Merge"); !errors.Is(err, domain.Refuse(0, "reason_invalid", "")) {
		t.Errorf("closed as if by a merge: %v", err)
	}
	if _, err := h.CloseConversation(ctx, by, h.room, king, "chat", "answered"); !errors.Is(err, contact.ErrMerged) {
		t.Errorf("asked of the absorbed one: %v", err)
	}
}

// What is said under one key is said once, also when its contact was merged since.
func TestConverseOnce(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	h.Hash = sum
	ada, lord := h.contact(t, "ada@example.org"), h.contact(t, "lord@example.org")
	say := func() (conversation.MessageID, domain.Position, error) {
		return h.Comment(ctx, domain.By{Actor: "ada", Key: "k", Ask: "a"}, h.room, lord, conversation.Comment{Text: "Likes tea."})
	}
	id, at, err := say()
	if err != nil {
		t.Fatal(err)
	}
	h.merge(t, ada, lord)
	if again, then, err := say(); err != nil || again != id || then != at {
		t.Errorf("answered %s at %d, and then %s at %d, %v", id, at, again, then, err)
	}
}

// A command under a key that comes twice at once is answered alike though the second one
// finds what the first one did only while it is decided.
func TestConverseAtOnce(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	h.Hash = sum
	ada := h.contact(t, "ada@example.org")
	turn := func(c *commands.Handler, key string) (domain.Position, error) {
		return c.OpenConversation(ctx, domain.By{Actor: "ada", Key: key, Ask: "a"}, h.room, ada, "email")
	}
	var at domain.Position
	slow := &commands.Handler{Now: h.Now, NewID: h.NewID, Hash: h.Hash, Showing: h.Showing}
	slow.Journal = &overtaken{h.journal, conversation.Stream(contact.Key{Space: h.room.ID, ID: ada}), func() {
		var err error
		if at, err = turn(h.Handler, "k"); err != nil {
			t.Error(err)
		}
	}}
	if again, err := turn(slow, "k"); err != nil || again != at || at == 0 {
		t.Errorf("answered at %d, and then at %d, %v", at, again, err)
	}
	if other, err := turn(slow, "other"); err != nil || other != at {
		t.Errorf("open already since %d, answered at %d, %v", at, other, err)
	}
}

// overtaken is a journal in which something happens once, just after a stream was read.
type overtaken struct {
	commands.Journal
	stream domain.Stream
	then   func()
}

func (o *overtaken) Read(ctx context.Context, s domain.Stream, from uint64) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		for r, err := range o.Journal.Read(ctx, s, from) {
			if !yield(r, err) {
				return
			}
		}
		if then := o.then; then != nil && s == o.stream {
			o.then = nil
			then()
		}
	}
}
