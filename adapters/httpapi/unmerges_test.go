package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const (
	contacts = "/v1/spaces/{space}/contacts/"
	chat     = "/v1/spaces/{space}/channels/chat/inbound"
)

// C2-72 to C2-78, D2-1 to D2-5: a preview shows both contacts, what falls back and what
// stays, and what needs a resolution; its token commits exactly that, or nothing.
func TestPreviewedUnmerge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(http.StatusNoContent, w.ask("POST", "/v1/spaces/{space}/channels", `{"key":"chat","name":"Chat"}`))
	lord := w.want(http.StatusOK, w.ask("POST", chat, `{"id":"1","identity":"george","name":"George Byron","text":"Hello."}`)).at("contact")
	w.want(http.StatusNoContent, w.ask("PATCH", contacts+lord, `{"fields":{"email":"lord@example.org","country":"GR"},"tag":["poet"]}`))
	ada := w.contact(`{"first_name":"Ada","email":"ada@example.org"}`)
	w.want(http.StatusOK, w.ask("POST", contacts+ada+"/merge", `{"absorb":"`+lord+`","choices":{"email":"survivor"}}`))
	w.want(http.StatusOK, w.ask("POST", chat, `{"id":"2","identity":"george","text":"And again."}`))
	w.want(http.StatusNoContent, w.ask("PATCH", contacts+ada, `{"fields":{"last_name":"Lovelace","email":"lord@example.org"}}`))

	p := w.want(http.StatusOK, w.ask("POST", contacts+lord+"/unmerge/preview", `{"interactions":"by_identity"}`))
	for what, got := range map[string]string{
		"Ada Lovelace": p.at("survivor", "name"), "George Byron": p.at("absorbed", "name"), "null": p.at("token"),
		"country": p.at("falls_back", 2, "slot"), "last_name": p.at("kept", 1), "email": p.at("collisions", 0, "field"),
		ada: p.at("collisions", 0, "holder"), `["leave_off","move"]`: p.at("collisions", 0, "resolutions"),
		"chat": p.at("conversations_closed", 0), "george": p.at("interactions", 0, "identity"), "1": p.at("interactions", 0, "goes"),
		"[]": p.at("along"), "false": p.at("restored_beyond_limit"),
	} {
		if got != what {
			t.Errorf("%q is %q: %s", what, got, p.text)
		}
	}
	if r := w.want(http.StatusConflict, w.ask("POST", contacts+lord+"/unmerge", `{}`)); r.at("code") != "identifier_taken" || r.at("pointer") != "/resolutions/email" || r.at("field") != "email" || r.at("holder") != ada {
		t.Errorf("without a resolution: %s", r.text)
	}
	resolved := `{"interactions":"by_identity","resolutions":{"email":"move"}}`
	token := w.want(http.StatusOK, w.ask("POST", contacts+lord+"/unmerge/preview", resolved)).at("token")
	with := strings.TrimSuffix(resolved, "}") + `,"token":"` + token + `","reason":"Two people."}`
	if r := w.want(http.StatusConflict, w.ask("POST", contacts+lord+"/unmerge", strings.Replace(with, "move", "leave_off", 1))); r.at("code") != "preview_differs" {
		t.Errorf("something else: %s", r.text)
	}
	w.want(http.StatusNoContent, w.ask("PATCH", contacts+ada, `{"tag":["vip"]}`))
	if r := w.want(http.StatusConflict, w.ask("POST", contacts+lord+"/unmerge", with)); r.at("code") != "preview_stale" {
		t.Errorf("after an edit: %s", r.text)
	}
	with = strings.Replace(with, token, w.want(http.StatusOK, w.ask("POST", contacts+lord+"/unmerge/preview", resolved)).at("token"), 1)
	w.want(http.StatusOK, w.ask("POST", contacts+lord+"/unmerge", with))
	for _, body := range []string{`{}`, ""} {
		if r := w.want(http.StatusOK, w.ask("POST", contacts+lord+"/unmerge", body)); r.at("already_reversed") != "true" {
			t.Errorf("again: %s", r.text)
		}
	}
	at := w.end()
	back := w.want(http.StatusOK, w.ask("GET", contacts+lord+fmt.Sprintf("?min_position=%d", at), ""))
	left := w.want(http.StatusOK, w.ask("GET", contacts+ada+fmt.Sprintf("?min_position=%d", at), ""))
	if back.at("fields", "email") != "lord@example.org" || back.at("tags", 0) != "poet" || left.at("fields", "email") != "null" || left.at("name") != "Ada Lovelace" || left.at("tags") != `["vip"]` {
		t.Errorf("apart they are %s and %s", back.text, left.text)
	}
	if r := w.want(http.StatusOK, w.ask("POST", chat, `{"id":"3","identity":"george","text":"Still me."}`)); r.at("contact") != lord {
		t.Errorf("the next message reached %s", r.text)
	}
}

// D1-17, D2-1: a merge is undone by its id, a batch as one, and each of them once.
func TestUndoMergeByID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, lord, eve, kit := w.contact(`{"first_name":"Ada"}`), w.contact(`{"first_name":"George"}`), w.contact(`{"first_name":"Eve"}`), w.contact(`{"first_name":"Kit"}`)
	one := w.want(http.StatusOK, w.ask("POST", contacts+ada+"/merge", `{"absorb":"`+lord+`"}`)).at("merge")
	many := w.want(http.StatusOK, w.ask("POST", contacts+ada+"/merge-many", `{"absorb":["`+eve+`","`+kit+`"]}`)).at("batch")
	undo := func(id string) reply { return w.ask("POST", "/v1/spaces/{space}/merges/"+id+"/undo", `{}`) }
	for _, unknown := range []string{newID(), "x", ada} {
		if r := w.want(http.StatusNotFound, undo(unknown)); r.at("code") != "merge_unknown" {
			t.Errorf("%s: %s", unknown, r.text)
		}
	}
	for _, id := range []string{one, many} {
		for _, reversed := range []string{"null", "true"} {
			if r := w.want(http.StatusOK, undo(id)); r.at("already_reversed") != reversed {
				t.Errorf("%s: %s", id, r.text)
			}
		}
	}
	if r := w.want(http.StatusOK, w.ask("GET", contacts+ada+fmt.Sprintf("?min_position=%d", w.end()), "")); r.at("absorbed") != "[]" {
		t.Errorf("something is left: %s", r.text)
	}
	if r := w.want(http.StatusConflict, w.ask("POST", contacts+ada+"/unmerge", `{}`)); r.at("code") != "contact_not_merged" {
		t.Errorf("never merged: %s", r.text)
	}
}

// D2-11, D2-12: two people behind one contact get one each.
func TestSplitOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(http.StatusNoContent, w.ask("POST", "/v1/spaces/{space}/channels", `{"key":"chat","name":"Chat"}`))
	us := w.want(http.StatusOK, w.ask("POST", chat, `{"id":"1","identity":"us","name":"Ada Byron","text":"Hello."}`)).at("contact")
	made := w.want(http.StatusCreated, w.ask("POST", contacts+us+"/split", `{"fields":["last_name"],"identities":[{"channel":"chat","identity":"us"}],"interactions":"by_identity"}`))
	if got := made.Header.Get("Location"); !strings.HasSuffix(got, made.at("id")) {
		t.Errorf("it is at %q", got)
	}
	if r := w.want(http.StatusOK, w.ask("GET", contacts+made.at("id")+fmt.Sprintf("?min_position=%d", w.end()), "")); r.at("name") != "Byron" || r.at("last_channel") != "chat" {
		t.Errorf("the new one is %s", r.text)
	}
	if r := w.want(http.StatusOK, w.ask("POST", chat, `{"id":"2","identity":"us","text":"Me again."}`)); r.at("contact") != made.at("id") {
		t.Errorf("the next message reached %s", r.text)
	}
	if r := w.want(http.StatusConflict, w.ask("POST", contacts+us+"/split", `{"fields":["last_name"]}`)); r.at("code") != "split_value_missing" {
		t.Errorf("what it has not: %s", r.text)
	}
}
