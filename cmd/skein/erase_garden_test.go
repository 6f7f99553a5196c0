package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// garden is a space in which everything that can be said of a contact is planted.
type garden struct {
	*server
	lab        string   // path of the space
	weeds      []string // what is to be nowhere once ada is erased
	roots      []string // what is to be there as before
	gone, stay []string // contacts that go with her, and that stay
	at         string   // position of the last thing that happened
}

// weed is a text that is to go, and root one that is to stay.
func (g *garden) weed(what string) string { return planted(&g.weeds, what) }
func (g *garden) root(what string) string { return planted(&g.roots, what) }

func planted(in *[]string, what string) string {
	value := what + strings.ReplaceAll(uuid.NewString(), "-", "")
	*in = append(*in, value)
	return value
}

// number is a phone number that is to go.
func (g *garden) number() string {
	number := fmt.Sprintf("+4915%09d", rand.IntN(1e9))
	g.weeds = append(g.weeds, number)
	return number
}

// do asks for something in the space, and returns the id that comes of it, or the contact.
func (g *garden) do(method, path, body string) string {
	g.t.Helper()
	status, header, text := g.send(method, g.lab+path, "application/json", strings.NewReader(body), "")
	if status >= 300 {
		g.t.Fatalf("%s %s %s: %d %s", method, path, body, status, text)
	}
	if at := header.Get("Journal-Position"); at != "" {
		g.at = at
	}
	var made struct{ ID, Contact string }
	_ = json.Unmarshal(text, &made) // not all that is made has an id
	if made.Contact != "" {
		return made.Contact
	}
	return made.ID
}

func (g *garden) post(path, form string, of ...any) string {
	g.t.Helper()
	return g.do(http.MethodPost, path, fmt.Sprintf(form, of...))
}

// hears brings a message and returns the contact that it reached.
func (g *garden) hears(id, from, name, text string) string {
	g.t.Helper()
	return g.post("/channels/chat/inbound", `{"id":%q,"identity":%q,"name":%q,"subject":%q,"text":%q}`, id, from, name, text, text)
}

// merge merges a contact into another one, of which each keeps what names one.
func (g *garden) merge(survivor, absorbed, reason string) {
	g.t.Helper()
	g.post("/contacts/"+survivor+"/merge", `{"absorb":%q,"choices":{"email":"survivor","external_id":"survivor"},"reason":%q}`, absorbed, reason)
}

// plant fills the garden: ada is who will be erased, with lord, walt and rows whom she has
// absorbed; kit was a part of her, moss was split off her, and she was a part of eve.
func plant(s *server) *garden {
	g := &garden{server: s, lab: s.space("Garden " + uuid.NewString())}
	g.post("/fields", `{"key":"motto","type":"text"}`)
	g.post("/fields", `{"key":"site","type":"url"}`)
	g.post("/channels", `{"key":"chat"}`)
	g.do(http.MethodPut, "/auto-merge", `{"on":false}`)
	tag, second, mossTag, mossIdentity := g.weed("tag"), g.weed("second"), g.root("mosstag"), g.root("mossidentity")
	ada := g.post("/contacts", `{"fields":{"first_name":%q,"last_name":%q,"email":"%s@example.org","external_id":%q,"motto":%q,"site":"https://example.org/%s","phone":"+4930%d"},"tags":[%q],"identities":[{"channel":"chat","identity":%q}]}`,
		g.weed("first"), g.weed("last"), g.weed("mail"), g.weed("external"), g.weed("motto"), g.weed("site"), 1234567, tag, g.weed("ada"))
	eve := g.post("/contacts", `{"fields":{"first_name":%q,"email":"%s@example.org"},"tags":[%q]}`, g.root("eve"), g.root("evemail"), g.root("evetag"))
	sister := g.post("/contacts", `{"fields":{"first_name":%q,"motto":%q,"phone":"+4930%d"}}`, g.root("sister"), g.root("sistermotto"), 1234567)

	// What she says and what is said of her, and what she says no longer.
	g.do(http.MethodPatch, "/contacts/"+ada, fmt.Sprintf(`{"fields":{"motto":%q},"tag":[%q],"untag":[%q],"link":[{"channel":"chat","identity":%q}]}`, g.weed("newmotto"), g.weed("newtag"), tag, second))
	g.hears(g.weed("message"), second, "", g.weed("text"))
	g.post("/contacts/"+ada+"/messages", `{"channel":"chat","id":%q,"identity":%q,"subject":%q,"text":%q}`, g.weed("out"), second, g.weed("outsubject"), g.weed("outtext"))
	g.post("/contacts/"+ada+"/comments", `{"text":%q}`, g.weed("comment"))
	g.post("/contacts/"+ada+"/events", `{"name":%q,"data":{%q:%q}}`, g.weed("event"), g.weed("key"), g.weed("value"))
	g.post("/contacts/"+ada+"/conversations/chat/close", `{"reason":%q}`, g.weed("closing"))

	// She absorbs one who came by a message, one who had to wait, and two of a file at once.
	lord := g.post("/channels/chat/inbound", `{"id":%q,"identity":%q,"name":%q,"image":"https://example.org/%s","text":%q}`, g.weed("lordmessage"), g.weed("lordidentity"), g.weed("lordname"), g.weed("image"), g.weed("lordtext"))
	g.merge(ada, lord, g.weed("mergereason"))
	walt := g.walt()
	g.merge(ada, walt, "")
	rows := []string{
		g.post("/contacts/identify", `{"fields":{"email":"%s@example.org","first_name":%q}}`, g.weed("identified"), g.weed("identifiedfirst")),
		g.post("/contacts", `{"fields":{"last_name":%q,"phone":%q}}`, g.weed("another"), g.number()),
	}
	g.post("/contacts/"+ada+"/merge-many", `{"absorb":[%q,%q],"choices":{%q:{"email":"survivor"}},"reason":%q}`, rows[0], rows[1], rows[0], g.weed("manyreason"))
	g.post("/contacts/"+rows[1]+"/unmerge", `{"reason":%q}`, g.weed("rowreason"))
	g.merge(ada, rows[1], "")

	// Kit was a part of her, and took along what he had said meanwhile.
	kitIdentity := g.root("kitidentity")
	kit := g.hears(g.root("kitmessage"), kitIdentity, g.root("kit"), g.root("kittext"))
	g.merge(ada, kit, "")
	g.hears(g.root("kitlater"), kitIdentity, "", g.root("kitlatertext"))
	g.post("/contacts/"+kit+"/unmerge", `{"interactions":"by_identity"}`)
	g.hears(g.root("kitlast"), kitIdentity, "", g.root("kitlasttext"))

	// She was a part of Eve, where others talked to her, and Eve had a value of hers for a while.
	g.merge(eve, ada, "")
	g.hears(g.weed("ateve"), second, "", g.weed("atevetext"))
	g.post("/contacts/"+eve+"/comments", `{"text":%q}`, g.root("evecomment"))
	g.do(http.MethodPatch, "/contacts/"+eve, fmt.Sprintf(`{"fields":{"motto":%q}}`, g.root("evemotto")))
	g.post("/contacts/"+ada+"/unmerge", `{"interactions":"by_identity","reason":%q,"resolutions":{"email":"move"}}`, g.weed("unmergereason"))
	g.post("/contacts/"+eve+"/comments", `{"text":%q}`, g.root("evelast"))

	// Moss was split off her, with what is said to Moss from then on.
	g.do(http.MethodPatch, "/contacts/"+ada, fmt.Sprintf(`{"tag":[%q],"link":[{"channel":"chat","identity":%q}]}`, mossTag, mossIdentity))
	g.hears(g.root("mossbefore"), mossIdentity, "", g.root("mosstext"))
	moss := g.post("/contacts/"+ada+"/split", `{"tags":[%q],"identities":[{"channel":"chat","identity":%q}],"interactions":"by_identity"}`, mossTag, mossIdentity)
	g.hears(g.root("mossafter"), mossIdentity, "", g.root("mossaftertext"))

	g.post("/suggestions/distinct", `{"a":%q,"b":%q}`, ada, sister)
	g.post("/inboxes", `{"name":"All","filter":{"test":{"of":"first_name","how":"contains","value":"st"}}}`)
	g.gone, g.stay = append([]string{ada, lord, walt}, rows...), []string{eve, kit, moss, sister}
	return g
}

// walt is a contact who had to wait for room in the space, with what he had said.
func (g *garden) walt() string {
	g.t.Helper()
	g.ask(http.MethodPut, fmt.Sprintf("/organizations/%s/modules/white_label", firstOrganization), `{"on":true}`, nil)
	elsewhere := g.space("Full " + uuid.NewString())
	g.ask(http.MethodPost, elsewhere+"/contacts", `{"fields":{"first_name":"One"}}`, nil)
	g.limit(elsewhere, 1)
	g.limit(g.lab, 1)
	identity := g.weed("waltidentity")
	g.hears(g.weed("waltmessage"), identity, g.weed("walt"), g.weed("walttext"))
	g.hears("waltsecond", identity, "", g.weed("waltsecond"))
	g.limit(g.lab, 1000)
	g.ask(http.MethodPost, elsewhere+"/channels/email/inbound", `{"identity":"kit@example.org"}`, nil) // at which it is looked who waits, and for whom there is room
	var found struct{ Contacts []struct{ ID string } }
	waitFor(g.t, func() bool {
		g.see(g.lab+"/contacts?search="+identity, "", &found)
		return len(found.Contacts) == 1
	})
	return found.Contacts[0].ID
}
