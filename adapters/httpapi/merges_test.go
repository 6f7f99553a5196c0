package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
)

// C2-59, C2-61: a preview shows both contacts, what becomes of each field and why, and
// what has to be chosen; its token commits exactly that, or nothing (D1-5).
func TestPreviewedMerge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(http.StatusNoContent, w.ask("POST", "/v1/spaces/{space}/fields", `{"key":"points","type":"number","merge":"sum"}`))
	ada := w.contact(`{"first_name":"Ada","email":"ada@example.org","points":"1.5"}`)
	lord := w.contact(`{"first_name":"George","last_name":"Byron","email":"lord@example.org","points":"2"}`)
	eve := w.contact(`{"country":"UK"}`)
	w.merge(lord, eve)
	merge := "/v1/spaces/{space}/contacts/" + ada + "/merge"
	w.want(http.StatusNoContent, w.ask("PATCH", "/v1/spaces/{space}/contacts/"+lord, `{"tag":["poet"]}`))

	first := w.want(http.StatusOK, w.ask("POST", merge+"/preview", `{"absorb":"`+lord+`"}`))
	if first.at("must_choose", 0) != "email" || first.at("token") != "null" {
		t.Errorf("chooses nothing: %s", first.text)
	}
	if r := w.want(http.StatusConflict, w.ask("POST", merge, `{"absorb":"`+lord+`"}`)); r.at("code") != "choice_missing" || r.at("pointer") != "/choices/email" {
		t.Errorf("merged without a choice: %s", r.text)
	}
	chosen := `{"absorb":"` + lord + `","choices":{"email":"absorbed"}}`
	p := w.want(http.StatusOK, w.ask("POST", merge+"/preview", chosen))
	for what, got := range map[string]string{
		"Ada": p.at("survivor", "fields", "first_name"), "George": p.at("absorbed", "fields", "first_name"),
		"3.5": p.at("merged", "fields", "points"), "lord@example.org": p.at("merged", "fields", "email"),
		eve: p.at("moves", "contacts", 0), "poet": p.at("united", "tags", 0), "0": p.at("moves", "interactions", "messages"),
		"[]": p.at("conversations_closed"), "false": p.at("distinct"),
	} {
		if got != what {
			t.Errorf("%q is %q: %s", what, got, p.text)
		}
	}
	for _, row := range []string{
		`{"absorbed":"George","field":"first_name","from":"` + ada + `","merged":"Ada","survivor":"Ada","why":"keep"}`,
		`{"absorbed":"Byron","field":"last_name","from":"` + lord + `","merged":"Byron","survivor":"","why":"filled"}`,
		`{"absorbed":"lord@example.org","field":"email","from":"` + lord + `","merged":"lord@example.org","survivor":"ada@example.org","why":"chosen"}`,
		`{"absorbed":"2","field":"points","merged":"3.5","survivor":"1.5","why":"sum"}`,
		`{"absorbed":"UK","field":"country","from":"` + eve + `","merged":"UK","survivor":"","why":"filled"}`,
	} {
		if !strings.Contains(p.at("fields"), row) {
			t.Errorf("%s is not in %s", row, p.at("fields"))
		}
	}

	with := strings.TrimSuffix(chosen, "}") + `,"reason":"The same person.","token":"` + p.at("token") + `"}`
	other := strings.Replace(with, `"absorbed"`, `"cleared"`, 1)
	if r := w.want(http.StatusConflict, w.ask("POST", merge, other)); r.at("code") != "preview_differs" || r.at("pointer") != "/token" {
		t.Errorf("something else: %s", r.text)
	}
	w.want(http.StatusNoContent, w.ask("PATCH", "/v1/spaces/{space}/contacts/"+lord, `{"tag":["lord"]}`))
	if r := w.want(http.StatusConflict, w.ask("POST", merge, with)); r.at("code") != "preview_stale" {
		t.Errorf("after an edit: %s", r.text)
	}
	p = w.want(http.StatusOK, w.ask("POST", merge+"/preview", chosen))
	with = strings.TrimSuffix(chosen, "}") + `,"reason":"The same person.","token":"` + p.at("token") + `"}`
	merged := w.want(http.StatusOK, w.ask("POST", merge, with))
	if entry := w.ask("GET", "/v1/organizations/{org}/audit", ""); !strings.Contains(entry.text, `"merge":"`+merged.at("merge")+`"`) || strings.Contains(entry.text, "same person") {
		t.Errorf("the audit log tells %s", entry.text) // C2-80: by whom which merge; why is told by the contact's history
	}
	if told := w.ask("GET", "/v1/spaces/{space}/contacts/"+ada, "", "Min-Position", merged.Header.Get("Journal-Position")); told.at("fields", "points") != "3.5" || told.at("fields", "email") != "lord@example.org" {
		t.Errorf("it came as %s", told.text)
	}
}

// D1-20: whoever is about to merge two that were judged to be two is warned.
func TestPreviewOfDistinctPair(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, lord := w.contact(`{"first_name":"Ada"}`), w.contact(`{"first_name":"George"}`)
	w.merge(ada, lord)
	w.want(http.StatusOK, w.ask("POST", "/v1/spaces/{space}/contacts/"+lord+"/unmerge", `{}`))
	if p := w.want(http.StatusOK, w.ask("POST", "/v1/spaces/{space}/contacts/"+ada+"/merge/preview", `{"absorb":"`+lord+`"}`)); p.at("distinct") != "true" {
		t.Errorf("no warning: %s", p.text)
	}
}

// D1-17: several contacts are merged at once or not at all, and the answer names the batch.
func TestMergeMany(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, lord, eve := w.contact(`{"first_name":"Ada"}`), w.contact(`{"first_name":"George"}`), w.contact(`{"email":"eve@example.org"}`)
	many := "/v1/spaces/{space}/contacts/" + ada + "/merge-many"
	if r := w.want(http.StatusNotFound, w.ask("POST", many, `{"absorb":["`+lord+`","`+newID()+`"]}`)); r.at("pointer") != "/absorb/1" {
		t.Errorf("got %s", r.text)
	}
	w.want(http.StatusUnprocessableEntity, w.ask("POST", many, `{"absorb":["`+lord+`"]}`))
	w.want(http.StatusOK, w.ask("GET", "/v1/spaces/{space}/contacts/"+lord, ""))
	key := newID()
	done := w.want(http.StatusOK, w.ask("POST", many, `{"absorb":["`+lord+`","`+eve+`"],"choices":{"`+lord+`":{"first_name":"absorbed"}}}`, "Idempotency-Key", key))
	again := w.want(http.StatusOK, w.ask("POST", many, `{"absorb":["`+lord+`","`+eve+`"],"choices":{"`+lord+`":{"first_name":"absorbed"}}}`, "Idempotency-Key", key))
	if again.text != done.text {
		t.Errorf("sent again it is %s, not %s", again.text, done.text)
	}
	told := w.ask("GET", "/v1/spaces/{space}/contacts/"+ada, "", "Min-Position", done.Header.Get("Journal-Position"))
	if told.at("fields", "first_name") != "George" || told.at("absorbed", 1, "batch") != done.at("batch") || told.at("absorbed", 1, "id") != eve {
		t.Errorf("it came as %s", told.text)
	}
}
