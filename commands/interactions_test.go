package commands_test

import (
	"errors"
	"slices"
	"testing"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
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
