package commands_test

import (
	"errors"
	"testing"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/identifier"
)

// An identity leads to one contact (C4): giving it to another one is refused, and it is
// free when it is taken off, or its contact deleted (C2-15).
func TestIdentityOfOne(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	h.channel(t, "chat", "")
	chat := []contact.Identity{{Channel: "chat", Of: "ada"}}
	ada := h.hear(t, commands.Inbound{Message: "1", Channel: "chat", Identity: "ada"}).Contact
	eve := h.contact(t, "eve@example.org")
	var taken *domain.Refusal
	if _, err := h.EditContact(ctx, by, h.room, eve, contact.Edit{Link: chat}); !errors.As(err, &taken) || !errors.Is(err, identifier.ErrTaken) || taken.Names["holder"] != string(ada) {
		t.Errorf("eve has ada's identity: %v", err)
	}
	if _, err := h.EditContact(ctx, by, h.room, ada, contact.Edit{Unlink: chat}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.EditContact(ctx, by, h.room, eve, contact.Edit{Link: chat}); err != nil {
		t.Fatal(err)
	}
	if heard := h.hear(t, commands.Inbound{Message: "2", Channel: "chat", Identity: "ada"}); heard.Contact != eve {
		t.Errorf("it leads to %+v", heard)
	}
	h.hear(t, commands.Inbound{Message: "1", Channel: "chat", Identity: "ada"})
	if with := h.noted()["1"]; len(with) != 1 {
		t.Errorf("what ada wrote was noted with %v", with)
	}
	if _, err := h.DeleteContact(ctx, by, h.room, eve); err != nil {
		t.Fatal(err)
	}
	if heard := h.hear(t, commands.Inbound{Message: "3", Channel: "chat", Identity: "ada"}); !heard.Created {
		t.Errorf("after the deletion it leads to %+v", heard)
	}
}

// Messages from the identity of an absorbed contact reach its survivor (D1-13), and
// after the unmerge the absorbed one again (C2-76, D2-9), while what came meanwhile
// stays with the survivor (C2-75). A message that is brought again is noted once,
// wherever it was noted by then (D4-9).
func TestIdentityFollowsMerges(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.channel(t, "chat", "")
	from := func(id, who string) commands.Inbound {
		return commands.Inbound{Message: conversation.MessageID(id), Channel: "chat", Identity: who, Text: id}
	}
	ada, lord := h.hear(t, from("1", "ada")).Contact, h.hear(t, from("2", "lord")).Contact
	king := h.hear(t, from("3", "king")).Contact
	again := func() {
		t.Helper()
		for _, m := range []commands.Inbound{from("1", "ada"), from("2", "lord"), from("3", "king"), from("4", "lord"), from("5", "lord")} {
			if len(h.noted()[m.Message]) > 0 {
				h.hear(t, m)
			}
		}
		for id, with := range h.noted() {
			if len(with) != 1 {
				t.Errorf("%s was noted with %v", id, with)
			}
		}
	}
	h.merge(t, ada, lord)
	if heard := h.hear(t, from("4", "lord")); heard.Contact != ada {
		t.Errorf("while merged it is %+v", heard)
	}
	again()
	h.merge(t, king, ada)
	if heard := h.hear(t, from("5", "lord")); heard.Contact != king {
		t.Errorf("while merged twice it is %+v", heard)
	}
	again()
	h.unmerge(t, lord)
	if heard := h.hear(t, from("6", "lord")); heard.Contact != lord {
		t.Errorf("after the unmerge it is %+v", heard)
	}
	again()
	h.merge(t, king, lord)
	h.unmerge(t, lord)
	again()
	h.unmerge(t, ada)
	again()
	want := map[conversation.MessageID]contact.ID{"1": ada, "2": lord, "3": king, "4": ada, "5": king, "6": lord}
	for id, with := range h.noted() {
		if with[0] != want[id] {
			t.Errorf("%s was noted with %s, want %s", id, with[0], want[id])
		}
	}
}

// The next message on an identity that was split off reaches the new contact, also
// before that is there.
func TestIdentityFollowsSplit(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := build(t)
	h.channel(t, "chat", "")
	i := contact.Identity{Channel: "chat", Of: "eve"}
	ada := h.contact(t, "ada@example.org")
	if _, err := h.EditContact(ctx, by, h.room, ada, contact.Edit{Link: []contact.Identity{i}}); err != nil {
		t.Fatal(err)
	}
	h.hear(t, commands.Inbound{Message: "1", Channel: "chat", Identity: "eve"})
	split := contact.Split{Into: "eve", Says: map[contact.Slot]string{i.Slot(): "on"}, Identities: []contact.Identity{i}}
	if _, err := h.journal.Append(ctx, contact.Key{Space: h.room.ID, ID: ada}.Stream(), 2, by, split); err != nil {
		t.Fatal(err)
	}
	if heard := h.hear(t, commands.Inbound{Message: "2", Channel: "chat", Identity: "eve"}); heard.Contact != "eve" {
		t.Errorf("it is %+v", heard)
	}
	made := contact.Created{Origin: contact.BySplit, Says: split.Says, Of: ada}
	if _, err := h.journal.Append(ctx, contact.Key{Space: h.room.ID, ID: "eve"}.Stream(), 0, by, made); err != nil {
		t.Fatal(err)
	}
	for _, id := range []conversation.MessageID{"1", "2", "3"} {
		if heard := h.hear(t, commands.Inbound{Message: id, Channel: "chat", Identity: "eve"}); heard.Contact != "eve" {
			t.Errorf("%s is %+v", id, heard)
		}
	}
	for id, with := range h.noted() {
		if len(with) != 1 {
			t.Errorf("%s was noted with %v", id, with)
		}
	}
}
