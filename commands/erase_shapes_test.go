package commands_test

import (
	"encoding/json"
	"strings"
	"testing"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/conversation"
	"skein/domain/space"
)

// Whatever is somebody's who is erased has his mark in it, and whatever stays theirs.
const quill, keeps = "zzq", "zzk"

// estate is a house with somebody who is to be erased.
type estate struct {
	*couple
	him  contact.ID
	stay []contact.ID
}

func estateOf(t *testing.T) *estate {
	e := &estate{couple: &couple{trio: threeOf(t)}}
	e.channel(t, "chat", "")
	return e
}

// person is a contact whose every value has a mark, and with whom all sorts of
// interactions were noted.
func (e *estate) person(t *testing.T, mark, name string) contact.ID {
	t.Helper()
	name = mark + name
	ctx := t.Context()
	id, _, err := e.CreateContact(ctx, by, e.room, contact.Create{
		Fields: map[string]string{"email": name + "@example.org", "first_name": name, "external_id": name + "-1"}, Tags: []string{name}, Identities: []contact.Identity{{Channel: "chat", Of: name}},
	})
	if err != nil {
		t.Fatal(err)
	}
	e.edit(t, id, contact.Edit{Fields: map[string]string{"last_name": name, "email": name + "@example.com", "country": name}, Tag: []string{"again " + name}, Untag: []string{name}})
	e.house.hear(t, commands.Inbound{Message: conversation.MessageID("m " + name), Channel: "chat", Identity: name, Subject: name, Text: name})
	e.house.hear(t, commands.Inbound{Message: conversation.MessageID("mail " + name), Channel: space.Mail, Identity: name + "@example.com", Subject: name, Text: name})
	for _, err := range []error{
		third(e.Send(ctx, by, e.room, id, conversation.Send{Message: conversation.MessageID("s " + name), Channel: "chat", Subject: name, Text: name})),
		third(e.Comment(ctx, by, e.room, id, conversation.Comment{Comment: conversation.MessageID("c " + name), Text: name})),
		third(e.NoteEvent(ctx, by, e.room, id, conversation.NoteEvent{Event: conversation.MessageID("e " + name), Name: "order " + name, Data: map[string]string{"of " + name: name}, Channel: "chat", Identity: name + " too"})),
		second(e.CloseConversation(ctx, by, e.room, id, "chat", "because "+name)),
		second(e.OpenConversation(ctx, by, e.room, id, "chat")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	e.clock.Add(120)
	return id
}

// absorb merges two, for a reason.
func (e *estate) absorb(t *testing.T, survivor, absorbed contact.ID, why string) {
	t.Helper()
	_, _, err := e.MergeContacts(t.Context(), by, e.room, survivor, absorbed, contact.Absorb{Choices: keeping.Choices, Reason: why})
	if err != nil {
		t.Fatal(err)
	}
	e.clock.Add(120)
}

// estates are those who are erased and what they have to do with others.
var estates = map[string]func(t *testing.T) *estate{
	"alone": func(t *testing.T) *estate {
		e := estateOf(t)
		e.him = e.person(t, quill, "him")
		return e
	},
	"deleted": func(t *testing.T) *estate {
		e := estateOf(t)
		e.him = e.person(t, quill, "him")
		e.absorb(t, e.him, e.person(t, quill, "part"), "same "+quill)
		if _, err := e.DeleteContact(t.Context(), by, e.room, e.him); err != nil {
			t.Fatal(err)
		}
		return e
	},
	"merged": func(t *testing.T) *estate {
		e := estateOf(t)
		e.him = e.person(t, quill, "him")
		part, deep := e.person(t, quill, "part"), e.person(t, quill, "deep")
		e.absorb(t, part, deep, "deep "+quill)
		e.absorb(t, e.him, part, "same "+quill)
		e.house.hear(t, commands.Inbound{Message: "since " + quill, Channel: "chat", Identity: quill + "deep", Text: quill})
		return e
	},
	"merged at once": func(t *testing.T) *estate {
		e := estateOf(t)
		e.him = e.person(t, quill, "him")
		cmd := commands.MergeMany{Reason: "all " + quill, Choices: map[contact.ID]map[string]contact.Choice{}}
		for _, name := range []string{"one", "two"} {
			id := e.person(t, quill, name)
			cmd.Absorb, cmd.Choices[id] = append(cmd.Absorb, id), keeping.Choices
		}
		if _, _, err := e.MergeMany(t.Context(), under("many"), e.room, e.him, cmd); err != nil {
			t.Fatal(err)
		}
		return e
	},
	"taken out with what he said": func(t *testing.T) *estate {
		e := estateOf(t)
		her := e.person(t, keeps, "her")
		e.him, e.stay = e.person(t, quill, "him"), []contact.ID{her}
		e.absorb(t, her, e.him, "same "+quill)
		e.house.hear(t, commands.Inbound{Message: "since " + quill, Channel: "chat", Identity: quill + "him", Text: quill})
		e.house.hear(t, commands.Inbound{Message: "since " + keeps, Channel: "chat", Identity: keeps + "her", Text: keeps})
		if _, err := e.UnmergeContact(t.Context(), under("out"), e.room, e.him, commands.Parting{Interactions: commands.ByIdentity, Reason: "not " + quill}); err != nil {
			t.Fatal(err)
		}
		e.clock.Add(120)
		return e
	},
	"others took what they said": func(t *testing.T) *estate {
		e := estateOf(t)
		e.him = e.person(t, quill, "him")
		her := e.person(t, keeps, "her")
		e.stay = []contact.ID{her}
		e.absorb(t, e.him, her, "same "+keeps)
		e.house.hear(t, commands.Inbound{Message: "since " + quill, Channel: "chat", Identity: quill + "him", Text: quill})
		e.house.hear(t, commands.Inbound{Message: "since " + keeps, Channel: "chat", Identity: keeps + "her", Text: keeps})
		how := commands.Parting{Interactions: commands.AsListed, Listed: []contact.Ref{"message since " + keeps}, Reason: "not " + keeps}
		if _, err := e.UnmergeContact(t.Context(), under("out"), e.room, her, how); err != nil {
			t.Fatal(err)
		}
		e.clock.Add(120)
		return e
	},
	"lost a value to him": func(t *testing.T) *estate {
		e := estateOf(t)
		her := e.person(t, keeps, "her")
		e.him, e.stay = e.person(t, quill, "him"), []contact.ID{her}
		e.absorb(t, her, e.him, "")
		e.house.hear(t, commands.Inbound{Message: "since " + quill, Channel: "chat", Identity: quill + "him", Text: quill})
		slot := string(contact.Identity{Channel: "chat", Of: quill + "him"}.Slot())
		e.edit(t, her, contact.Edit{Fields: map[string]string{"email": keeps + "new@example.com"}})
		how := commands.Parting{Interactions: commands.ByIdentity, Reason: "not " + quill, Resolutions: map[string]commands.Resolution{"email": commands.Move, slot: commands.Move}}
		if _, err := e.UnmergeContact(t.Context(), under("out"), e.room, e.him, how); err != nil {
			t.Fatal(err)
		}
		e.clock.Add(120)
		return e
	},
	"split off": func(t *testing.T) *estate {
		e := estateOf(t)
		her := e.person(t, keeps, "her")
		e.edit(t, her, contact.Edit{Fields: map[string]string{"country": quill, "last_name": quill}, Tag: []string{quill}, Link: []contact.Identity{{Channel: "chat", Of: quill}}})
		e.house.hear(t, commands.Inbound{Message: quill, Channel: "chat", Identity: quill, Text: quill})
		what := commands.Split{Fields: []string{"country", "last_name"}, Tags: []string{quill}, Identities: []contact.Identity{{Channel: "chat", Of: quill}}, Interactions: commands.ByIdentity}
		him, _, err := e.SplitContact(t.Context(), under("split"), e.room, her, what)
		if err != nil {
			t.Fatal(err)
		}
		e.him, e.stay = him, []contact.ID{her}
		e.clock.Add(120)
		return e
	},
	"in two": func(t *testing.T) *estate {
		e := estateOf(t)
		e.him = e.person(t, quill, "him")
		e.edit(t, e.him, contact.Edit{Fields: map[string]string{"country": keeps}, Link: []contact.Identity{{Channel: "chat", Of: keeps}}})
		e.house.hear(t, commands.Inbound{Message: keeps, Channel: "chat", Identity: keeps, Text: keeps})
		what := commands.Split{Fields: []string{"country"}, Identities: []contact.Identity{{Channel: "chat", Of: keeps}}, Interactions: commands.ByIdentity}
		her, _, err := e.SplitContact(t.Context(), under("split"), e.room, e.him, what)
		if err != nil {
			t.Fatal(err)
		}
		e.stay = []contact.ID{her}
		e.clock.Add(120)
		return e
	},
	"kept aside": func(t *testing.T) *estate {
		e := estateOf(t)
		e.limit(t, 0)
		for _, n := range []string{"1", "2"} {
			e.house.hear(t, commands.Inbound{Message: conversation.MessageID(n + quill), Channel: "chat", Identity: quill, Name: quill, Image: "https://example.org/" + quill, Subject: quill, Text: quill})
		}
		e.house.edit(t, space.Edit{Limit: &space.Limit{}})
		e.takeUp(t)
		e.him = e.noted()[conversation.MessageID("1"+quill)][0]
		e.limit(t, 0)
		e.house.hear(t, commands.Inbound{Message: conversation.MessageID("3" + quill), Channel: "chat", Identity: quill + "more", Text: quill})
		e.edit(t, e.him, contact.Edit{Link: []contact.Identity{{Channel: "chat", Of: quill + "more"}}})
		e.house.edit(t, space.Edit{Limit: &space.Limit{}})
		e.clock.Add(120)
		return e
	},
}

// marked counts the events that have a mark in them, but for those of his own history, and
// what processes were asked.
func (e *estate) marked(t *testing.T, mark string) (n int) {
	t.Helper()
	own := contact.Key{Space: e.room.ID, ID: e.him}.Stream()
	for _, r := range e.journal.All(0) {
		if r.Stream != own && r.Stream.Category() != "process" && strings.Contains(written(t, r), mark) {
			n++
		}
	}
	return n
}

func written(t *testing.T, r domain.Recorded) string {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
