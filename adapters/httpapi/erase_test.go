package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
)

// erased erases a contact, as a preview shows it.
func (w *world) erased(id string, headers ...string) reply {
	w.t.Helper()
	token := w.want(http.StatusOK, w.ask("POST", contacts+id+"/erase/preview", "")).at("token")
	return w.want(http.StatusAccepted, w.ask("POST", contacts+id+"/erase", `{"token":"`+token+`","reason":"Asked for it."}`, headers...))
}

// D1-14: what is erased is shown before, is done by a token for exactly that, is told by
// nobody afterwards, and leaves who was once a part of it as they are.
func TestErase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(http.StatusNoContent, w.ask("POST", "/v1/spaces/{space}/channels", `{"key":"chat","name":"Chat"}`))
	lord := w.want(http.StatusOK, w.ask("POST", chat, `{"id":"1","identity":"planted-george","name":"Planted Byron","text":"Planted hello."}`)).at("contact")
	ada := w.contact(`{"first_name":"Planted Ada","email":"planted@example.org"}`)
	kit := w.contact(`{"first_name":"Kit"}`)
	for _, one := range []string{lord, kit} {
		w.merge(ada, one)
	}
	w.want(http.StatusOK, w.ask("POST", contacts+kit+"/unmerge", `{}`))
	w.want(http.StatusCreated, w.ask("POST", contacts+ada+"/comments", `{"text":"Planted tea."}`))

	p := w.want(http.StatusOK, w.ask("POST", contacts+ada+"/erase/preview", ""))
	for what, got := range map[string]string{
		ada: p.at("goes", 0, "contact"), "Planted Ada": p.at("goes", 0, "name"), "planted@example.org": p.at("goes", 0, "fields", "email"), lord: p.at("goes", 1, "contact"),
		"planted-george": p.at("goes", 1, "identities", 0, "identity"), "nothing": p.at("goes", 2), kit: p.at("stays", 0, "contact"), "Kit": p.at("stays", 0, "name"), "0": p.at("stays", 0, "interactions"),
	} {
		if got != what {
			t.Errorf("%q is %q: %s", what, got, p.text)
		}
	}
	refused := func(status int, code, path, body string) {
		t.Helper()
		if r := w.want(status, w.ask("POST", contacts+path, body)); r.at("code") != code {
			t.Errorf("%s: %s", code, r.text)
		}
	}
	with := `{"token":"` + p.at("token") + `"}`
	refused(http.StatusUnprocessableEntity, "body_invalid", ada+"/erase", `{}`)
	refused(http.StatusConflict, "preview_differs", ada+"/erase", `{"token":"x"}`)
	refused(http.StatusConflict, "preview_differs", kit+"/erase", with)
	refused(http.StatusConflict, "contact_merged", lord+"/erase/preview", "")
	refused(http.StatusNotFound, "contact_unknown", newID()+"/erase/preview", "")
	w.want(http.StatusNoContent, w.ask("PATCH", contacts+ada, `{"tag":["planted"]}`))
	refused(http.StatusConflict, "preview_stale", ada+"/erase", with)

	key := []string{"Idempotency-Key", "k1"}
	token := w.want(http.StatusOK, w.ask("POST", contacts+ada+"/erase/preview", "")).at("token")
	done := w.want(http.StatusAccepted, w.ask("POST", contacts+ada+"/erase", `{"token":"`+token+`","reason":"Asked for it."}`, key...))
	if again := w.want(http.StatusAccepted, w.ask("POST", contacts+ada+"/erase", `{"token":"`+token+`","reason":"Asked for it."}`, key...)); again.Header.Get("Journal-Position") != done.Header.Get("Journal-Position") {
		t.Errorf("again at %s", again.Header.Get("Journal-Position"))
	}
	for _, gone := range []string{ada, lord} {
		if r := w.want(http.StatusGone, w.ask("GET", contacts+gone, "")); r.at("code") != "contact_deleted" {
			t.Errorf("%s", r.text)
		}
	}
	list := w.want(http.StatusOK, w.ask("GET", "/v1/spaces/{space}/erasures", "", "Min-Position", done.Header.Get("Journal-Position")))
	if list.at("erasures", 0, "contact") != ada || list.at("erasures", 0, "by") != "ada" || list.at("erasures", 0, "reason") != "Asked for it." || list.at("erasures", 0, "removed") != "null" || !strings.Contains(list.at("erasures", 0, "members"), lord) {
		t.Errorf("erased were %s", list.text)
	}
	for _, path := range []string{
		contacts + ada + "/history", contacts + lord + "/history", contacts + kit + "/history", contacts + ada + "/lineage", contacts + ada + "/as-of?at=" + p.Header.Get("Journal-Position"),
		contacts + kit, contacts + kit + "/messages", "/v1/spaces/{space}/contacts?search=planted", "/v1/spaces/{space}/changes?wait=0&after=0", "/v1/spaces/{space}/suggestions", "/v1/spaces/{space}/erasures",
	} {
		if r := w.ask("GET", path, ""); strings.Contains(strings.ToLower(r.text), "planted") {
			t.Errorf("%s tells %s", path, r.text)
		}
	}
	if history := w.want(http.StatusOK, w.ask("GET", contacts+ada+"/history", "")); history.at("steps", 0, "kind") != "contact.created" || history.at("steps", 0, "by", "actor") != "ada" || !strings.Contains(history.text, "contact.merged") || !strings.Contains(history.text, "contact.deleted") {
		t.Errorf("the history is %s", history.text)
	}
	if strings.Contains(strings.ToLower(w.log.String()), "planted") {
		t.Errorf("the log tells %s", w.log.String())
	}
	if r := w.contact(`{"email":"planted@example.org"}`); r == ada {
		t.Error("an id is given again")
	}
	if entries := w.ask("GET", auditPath+"?limit=1", "").at("entries", 0); !strings.Contains(entries, "eraseContact") || !strings.Contains(entries, ada) {
		t.Errorf("the audit log has %s", entries)
	}
}

// What was deleted before can be erased too, also with what went with it, and erasures are
// listed page by page, the last one first.
func TestEraseDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var want, got []string
	for range 3 {
		ada, lord := w.contact(`{"first_name":"Ada"}`), w.contact(`{"first_name":"George"}`)
		w.merge(ada, lord)
		w.want(http.StatusNoContent, w.ask("DELETE", contacts+ada+confirmed, ""))
		w.erased(ada)
		want = append([]string{ada}, want...)
	}
	for cursor := "null"; ; {
		path := "/v1/spaces/{space}/erasures?limit=2"
		if cursor != "null" {
			path += "&cursor=" + cursor
		}
		page := w.want(http.StatusOK, w.ask("GET", path, ""))
		for i := range 2 {
			if id := page.at("erasures", i, "contact"); len(id) == len(newID()) {
				got = append(got, id)
			}
		}
		if cursor = page.at("next"); cursor == "null" {
			break
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("listed %v, want %v", got, want)
	}
	if r := w.want(http.StatusUnprocessableEntity, w.ask("GET", "/v1/spaces/{space}/erasures?cursor=bm8", "")); r.at("code") != "cursor_invalid" {
		t.Errorf("%s", r.text)
	}
}
