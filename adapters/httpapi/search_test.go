package httpapi_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// found are the names of the contacts that a search finds, in the order of a list.
func (w *world) found(search string) string {
	w.t.Helper()
	list := w.want(http.StatusOK, w.ask("GET", "/v1/spaces/{space}/contacts?search="+url.QueryEscape(search), ""))
	body, _ := json.Marshal(map[string]string{"search": search})
	if again := w.want(http.StatusOK, w.ask("POST", contacts+"search", string(body))); again.at("contacts") != list.at("contacts") {
		w.t.Errorf("by %q the one way %s and the other %s", search, list.text, again.text)
	}
	var page struct{ Contacts []struct{ Name string } }
	if err := json.Unmarshal([]byte(list.text), &page); err != nil {
		w.t.Fatal(err)
	}
	names := []string{}
	for _, c := range page.Contacts {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

// C2-20 to C2-26: one search is tried over everything about a contact; any part of it
// will do, in whatever case and with or without accents, and no sign stands for others.
func TestSearch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(http.StatusNoContent, w.ask("POST", "/v1/spaces/{space}/fields", `{"key":"city","type":"text"}`))
	w.want(http.StatusNoContent, w.ask("POST", "/v1/spaces/{space}/channels", `{"key":"chat","name":"Chat"}`))
	zoe := w.contact(`{"first_name":"Zoë","last_name":"Straßer","email":"zoe@example.org","phone":"+49 30 123456","city":"100 % Köln"}`)
	w.want(http.StatusNoContent, w.ask("PATCH", contacts+zoe, `{"tag":["VIP_1"]}`))
	w.want(http.StatusOK, w.ask("POST", chat, `{"id":"1","identity":"kit_marlowe","name":"Kit","text":"Hello."}`))
	w.contact(`{"first_name":"Ada","phone":"+44 20 7946 0958"}`)
	for search, want := range map[string]string{
		"zoe": "Zoë Straßer", "ZOË STRASS": "Zoë Straßer", "ë": "Kit, Zoë Straßer", // kit_marlowe has an e
		"zoe@EXAMPLE": "Zoë Straßer", "030 123": "Zoë Straßer", "+4930123": "Zoë Straßer", "49 30 123": "Zoë Straßer", "0049-30-123456": "Zoë Straßer",
		"vip": "Zoë Straßer", "koln": "Zoë Straßer", "MARLOWE": "Kit", "chat": "Kit", "020 7946": "Ada",
		"%": "Zoë Straßer", "100 %": "Zoë Straßer", "_": "Kit, Zoë Straßer", "k_t": "", "1%k": "", `\`: "", "'": "", "zoe ada": "", "koln zoe": "", "1": "Zoë Straßer",
	} {
		if got := w.found(search); got != want {
			t.Errorf("by %q are found %q, not %q", search, got, want)
		}
	}
	list := "/v1/spaces/{space}/contacts?search="
	berlin := url.QueryEscape(`{"test":{"of":"city","how":"has_value"}}`)
	if both := w.want(http.StatusOK, w.ask("GET", list+"_&sort=-name&filter="+berlin, "")); both.at("contacts", 0, "id") != zoe || both.at("contacts", 1) != "nothing" {
		t.Errorf("with a filter: %s", both.text)
	}
	first := w.want(http.StatusOK, w.ask("GET", list+"_&sort=-name&limit=1", ""))
	if next := w.want(http.StatusOK, w.ask("GET", list+"_&sort=-name&limit=1&cursor="+first.at("next"), "")); next.at("contacts", 0, "name") != "Kit" || next.at("next") != "null" {
		t.Errorf("the next page: %s", next.text)
	}
	if r := w.want(http.StatusUnprocessableEntity, w.ask("GET", list+"k&sort=-name&limit=1&cursor="+first.at("next"), "")); r.at("code") != "cursor_invalid" {
		t.Errorf("in another search: %s", r.text)
	}
	if r := w.want(http.StatusUnprocessableEntity, w.ask("GET", list+"%20", "")); r.at("code") != "search_empty" || r.at("pointer") != "/search" {
		t.Errorf("nothing: %s", r.text)
	}
	w.want(http.StatusOK, w.ask("GET", list+"%ff%00", ""))
	w.want(http.StatusUnprocessableEntity, w.ask("GET", list+strings.Repeat("a", 2001), ""))
}

// C2-71, D1-19: the merged contact is found by the name, address and number of the one
// it absorbed, also where its own came before them and at whatever depth; after the
// unmerge the one is found by them that has them.
func TestSurvivorIsFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.contact(`{"first_name":"Ada","last_name":"King","email":"ada@example.org"}`)
	lord := w.contact(`{"first_name":"George","last_name":"Byron","email":"lord@example.org","phone":"+30 210 1234567"}`)
	eve := w.contact(`{"first_name":"Eve","email":"eve@example.org"}`)
	moore := w.contact(`{"last_name":"Moore"}`)
	w.merge(eve, moore)
	w.merge(lord, eve)
	w.merge(ada, lord)
	for _, search := range []string{"george byron", "lord@", "0210 123", "eve moore", "eve@example.org", "ada king"} {
		if got := w.found(search); got != "Ada King" {
			t.Errorf("by %s is found %q", search, got)
		}
	}
	w.want(http.StatusOK, w.ask("POST", contacts+lord+"/unmerge", `{}`))
	for search, want := range map[string]string{"lord@": "George Byron", "eve": "George Byron", "0210 123": "George Byron", "ada king": "Ada King"} {
		if got := w.found(search); got != want {
			t.Errorf("after the unmerge %q is found by %s", got, search)
		}
	}
	w.want(http.StatusNoContent, w.ask("DELETE", contacts+lord+confirmed, ""))
	if got := w.found("lord@") + w.found("eve"); got != "" {
		t.Errorf("deleted, and found: %s", got)
	}
}
