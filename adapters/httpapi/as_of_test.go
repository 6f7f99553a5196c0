package httpapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// As of before, during and after a merge there are two contacts, one and two (D2-15), each
// with where its values come from; the difference between two moments and the lineage tell
// the same.
func TestAsOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const contacts = "/v1/spaces/{space}/contacts/"
	at := func(r reply) string { return r.Header.Get("Journal-Position") }
	ada := w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/{space}/contacts", `{"fields":{"first_name":"Ada"}}`))
	lord := w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/{space}/contacts", `{"fields":{"first_name":"George","last_name":"Byron"},"tags":["poet"]}`))
	merged := w.want(http.StatusOK, w.ask("POST", contacts+ada.at("id")+"/merge", `{"absorb":"`+lord.at("id")+`","choices":{"first_name":"absorbed"}}`))
	edited := w.want(http.StatusNoContent, w.ask("PATCH", contacts+ada.at("id"), `{"fields":{"last_name":"Lovelace"}}`))
	apart := w.want(http.StatusOK, w.ask("POST", contacts+lord.at("id")+"/unmerge", `{}`))

	asOf := func(of reply, moment string) reply {
		return w.want(http.StatusOK, w.ask("GET", contacts+of.at("id")+"/as-of?at="+url.QueryEscape(moment), "", "Min-Position", at(apart)))
	}
	for _, c := range []struct {
		of                    reply
		moment                string
		state, name, part, by string
	}{
		{ada, at(ada), "standing", "Ada", "null", ada.at("id")},
		{lord, at(ada), "not_yet", "null", "null", "null"},
		{lord, at(lord), "standing", "George Byron", "null", lord.at("id")},
		{ada, at(merged), "standing", "George Byron", "null", lord.at("id")},
		{lord, at(merged), "absorbed", "null", ada.at("id"), "null"},
		{ada, at(edited), "standing", "George Lovelace", "null", lord.at("id")},
		{ada, at(apart), "standing", "Ada Lovelace", "null", ada.at("id")},
		{lord, at(apart), "standing", "George Byron", "null", lord.at("id")},
	} {
		was := asOf(c.of, c.moment)
		if was.at("state") != c.state || was.at("contact", "name") != c.name || was.at("part_of") != c.part || was.at("contact", "sources", "first_name", "contact") != c.by {
			t.Errorf("as of %s: %s\nwant %s %s %s, first name by %s", c.moment, was.text, c.state, c.name, c.part, c.by)
		}
	}
	for _, one := range []reply{ada, lord} {
		now := w.want(http.StatusOK, w.ask("GET", contacts+one.at("id"), ""))
		if was := asOf(one, at(apart)); was.at("contact", "position") != now.at("position") {
			t.Errorf("as of now: %s\nnow: %s", was.text, now.text)
		}
	}
	if was := asOf(ada, "2000-01-01T00:00:00Z"); was.at("state") != "not_yet" || was.at("position") != "0" {
		t.Errorf("as of long ago: %s", was.text)
	}

	during := w.want(http.StatusOK, w.ask("GET", contacts+ada.at("id")+"/diff?from="+at(merged)+"&to="+at(apart), ""))
	for _, want := range []string{
		`{"of":"first_name","before":{"value":"George","contact":"` + lord.at("id") + `"`, `"how":"chosen"},"after":{"value":"Ada","contact":"` + ada.at("id") + `"`,
		`{"of":"#poet","before":{`, `"joined":[],"left":["` + lord.at("id") + `"]`,
	} {
		if !strings.Contains(during.text, want) {
			t.Errorf("the difference lacks %s: %s", want, during.text)
		}
	}
	if same := w.ask("GET", contacts+ada.at("id")+"/diff?from="+at(apart), ""); same.at("changes") != "[]" {
		t.Errorf("nothing happened since, but: %s", same.text)
	}
	history := w.want(http.StatusOK, w.ask("GET", contacts+ada.at("id")+"/history", ""))
	if got := history.at("steps", 3, "changes", 0, "of") + " " + history.at("steps", 3, "changes", 0, "before", "value") + " " + history.at("steps", 3, "changes", 0, "after", "value"); got != "last_name Byron Lovelace" {
		t.Errorf("the edit changed %s: %s", got, history.text)
	}
	tree := w.want(http.StatusOK, w.ask("GET", contacts+lord.at("id")+"/lineage", ""))
	if tree.at("trees", 1, "state") != "standing" || tree.at("merges", 0, "absorbed") != lord.at("id") || tree.at("merges", 0, "undone") == "null" {
		t.Errorf("lineage: %s", tree.text)
	}

	for _, path := range []string{"/as-of?at=1", "/diff?from=1", "/lineage", "/history"} {
		if none := w.want(http.StatusNotFound, w.ask("GET", contacts+newID()+path, "")); none.at("code") != "contact_unknown" {
			t.Errorf("%s of nobody: %s", path, none.text)
		}
	}
	if bad := w.want(http.StatusUnprocessableEntity, w.ask("GET", contacts+ada.at("id")+"/as-of?at=yesterday", "")); bad.at("code") != "moment_unreadable" {
		t.Errorf("as of yesterday: %s", bad.text)
	}
}
