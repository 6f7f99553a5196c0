package commands_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/identifier"
	"skein/domain/space"
)

// channel adds a channel to the house's space.
func (h *house) channel(t *testing.T, key string, identities space.Type) {
	t.Helper()
	if _, err := h.Space(t.Context(), by, h.room, space.AddChannel{Key: key, Identities: identities}); err != nil {
		t.Fatal(err)
	}
}

// hear brings a message.
func (h *house) hear(t *testing.T, m commands.Inbound) commands.Heard {
	t.Helper()
	heard, err := h.Hear(t.Context(), by, h.room, m)
	if err != nil {
		t.Fatal(err)
	}
	return heard
}

func (h *house) merge(t *testing.T, survivor, absorbed contact.ID) {
	t.Helper()
	if _, _, err := h.MergeContacts(t.Context(), by, h.room, survivor, absorbed, keeping); err != nil {
		t.Fatal(err)
	}
}

func (h *house) unmerge(t *testing.T, absorbed contact.ID) {
	t.Helper()
	if _, err := h.UnmergeContact(t.Context(), by, h.room, absorbed, commands.Parting{}); err != nil {
		t.Fatal(err)
	}
}

// noted is how often each message was noted, and with whom.
func (h *house) noted() map[conversation.MessageID][]contact.ID {
	all := map[conversation.MessageID][]contact.ID{}
	for _, r := range h.journal.All(0) {
		switch e := r.Event.(type) {
		case conversation.MessageReceived:
			all[e.Message] = append(all[e.Message], contact.KeyOf(r.Stream).ID)
		case conversation.MessageSent:
			all[e.Message] = append(all[e.Message], contact.KeyOf(r.Stream).ID)
		}
	}
	return all
}

// An unknown sender becomes a contact with name and image of the profile on the channel
// (C2-8), and with the number as phone where that is how the channel knows people.
func TestUnknownSender(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.channel(t, "whatsapp", space.PhoneType)
	h.channel(t, "chat", "")
	first := h.hear(t, commands.Inbound{Message: "1", Channel: "whatsapp", Identity: "0049 30 123456", Name: "Ada King Lovelace", Image: "https://example.org/ada.png"})
	ada := h.told(first.Contact)
	if !first.Created || ada.Name() != "Ada King Lovelace" || ada.Field("last_name") != "Lovelace" || ada.Field("image") != "https://example.org/ada.png" ||
		ada.Field("phone") != "+4930123456" || ada.Origin != contact.ByMessage || !slices.Equal(ada.Identities(), []contact.Identity{{Channel: "whatsapp", Of: "+4930123456"}}) {
		t.Errorf("met %+v", ada)
	}
	again := h.hear(t, commands.Inbound{Message: "2", Channel: "whatsapp", Identity: "+4930123456"})
	chat := h.hear(t, commands.Inbound{Message: "3", Channel: "chat", Identity: "ada"})
	if again.Created || again.Contact != first.Contact || !chat.Created || chat.Contact == first.Contact {
		t.Errorf("the second message is %+v, that on another channel %+v", again, chat)
	}
	for _, bad := range []struct {
		commands.Inbound
		code, at string
	}{
		{commands.Inbound{Channel: "fax", Identity: "1"}, "channel_unknown", ""},
		{commands.Inbound{Channel: "whatsapp", Identity: "ada"}, "identity_invalid", "/identity"},
		{commands.Inbound{Channel: "chat", Identity: " "}, "identity_invalid", "/identity"},
		{commands.Inbound{Channel: "chat", Identity: "x", Image: "ada.png"}, "image_invalid", "/image"},
		{commands.Inbound{Channel: "chat", Identity: "x", Name: "\xff"}, "name_invalid", "/name"},
		{commands.Inbound{Channel: "chat", Identity: "x", Message: "two\nlines"}, "interaction_id_invalid", "/id"},
	} {
		var refused *domain.Refusal
		if _, err := h.Hear(t.Context(), by, h.room, bad.Inbound); !errors.As(err, &refused) || refused.Code != bad.code || refused.At != bad.at {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if _, ids := families(h.journal, h.room.ID); len(ids) != 2 {
		t.Errorf("refused messages made contacts: %v", ids)
	}
}

// Whoever is found by an address that is only theirs has it as an identity from then
// on; what is a part of another contact stays as it is.
func TestAddressBecomesIdentity(t *testing.T) {
	t.Parallel()
	h := build(t)
	ada, lord := h.contact(t, "ada@example.org"), h.contact(t, "lord@example.org")
	h.merge(t, ada, lord)
	for _, m := range []struct{ id, from string }{{"1", "ada@example.org"}, {"2", "lord@example.org"}} {
		if heard := h.hear(t, commands.Inbound{Message: conversation.MessageID(m.id), Channel: space.Mail, Identity: m.from}); heard.Created || heard.Contact != ada {
			t.Errorf("%s is %+v", m.from, heard)
		}
	}
	if got := h.told(ada).Identities(); !slices.Equal(got, []contact.Identity{{Channel: space.Mail, Of: "ada@example.org"}}) {
		t.Errorf("ada has %v", got)
	}
	if _, err := h.EditContact(t.Context(), by, h.room, ada, contact.Edit{Fields: map[string]string{"email": "countess@example.org"}}); err != nil {
		t.Fatal(err)
	}
	if heard := h.hear(t, commands.Inbound{Message: "3", Channel: space.Mail, Identity: "ada@example.org"}); heard.Contact != ada {
		t.Errorf("after the field was changed the identity leads to %+v", heard)
	}
}

// What the contact shares with others is nobody's identity: a message from there is
// from who was in touch last (C4), and is noted once though that changes.
func TestSharedPhone(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.channel(t, "whatsapp", space.PhoneType)
	var both []contact.ID
	for _, email := range []string{"ada@example.org", "eve@example.org"} {
		id, _, err := h.CreateContact(t.Context(), by, h.room, contact.Create{Fields: map[string]string{"email": email, "phone": "+4930123456"}})
		if err != nil {
			t.Fatal(err)
		}
		h.clock.Add(1)
		h.hear(t, commands.Inbound{Message: conversation.MessageID(email), Channel: space.Mail, Identity: email})
		both = append(both, id)
	}
	hello := commands.Inbound{Message: "1", Channel: "whatsapp", Identity: "+4930123456"}
	h.clock.Add(1)
	if heard := h.hear(t, hello); heard.Contact != both[1] {
		t.Errorf("of %v it is %v", both, heard)
	}
	h.clock.Add(1)
	h.hear(t, commands.Inbound{Message: "later", Channel: space.Mail, Identity: "ada@example.org"})
	h.hear(t, hello)
	if got := h.noted()["1"]; !slices.Equal(got, both[1:]) {
		t.Errorf("noted with %v", got)
	}
	for _, id := range both {
		if slices.ContainsFunc(h.told(id).Identities(), func(i contact.Identity) bool { return i.Channel == "whatsapp" }) {
			t.Errorf("the number is %s's identity", id)
		}
	}
}

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
