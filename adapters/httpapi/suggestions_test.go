package httpapi_test

import (
	"net/http"
	"testing"
)

// Who may be one is suggested, each with why; who was judged distinct is not suggested
// again until somebody thinks better of it, and the pair is the same whichever is named
// first (D1-20).
func TestSuggestions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const in = "/v1/spaces/{space}"
	w.want(http.StatusNoContent, w.ask("POST", in+"/fields", `{"key":"born","label":"Date of birth","type":"date"}`))
	grace := w.contact(`{"first_name":"Grace","last_name":"Hopper","born":"1906-12-09"}`)
	gracie := w.contact(`{"first_name":"Grase","last_name":"Hopper","born":"1906-12-09","email":"grace@example.org"}`)
	w.contact(`{"first_name":"Ada","last_name":"Lovelace"}`)

	suggested := func(path string) reply { return w.want(http.StatusOK, w.ask("GET", in+path, "")) }
	one := suggested("/suggestions")
	if one.at("suggestions", 0, "a", "id") != grace || one.at("suggestions", 0, "b", "id") != gracie || one.at("suggestions", 1) != "nothing" ||
		one.at("suggestions", 0, "a", "name") != "Grace Hopper" || one.at("suggestions", 0, "grade") != "likely" ||
		one.at("suggestions", 0, "why") != `[{"how":"same","of":"date_of_birth"},{"how":"same","of":"last_name"},{"how":"alike","of":"first_name"}]` {
		t.Error(one.text)
	}
	if own := suggested("/contacts/" + gracie + "/suggestions"); own.at("suggestions", 0, "a", "id") != gracie || own.at("suggestions", 0, "b", "id") != grace {
		t.Error(own.text)
	}
	for range 2 {
		w.want(http.StatusNoContent, w.ask("POST", in+"/suggestions/distinct", `{"a":"`+gracie+`","b":"`+grace+`"}`))
	}
	if none := suggested("/suggestions"); none.at("suggestions") != "[]" {
		t.Error(none.text)
	}
	w.want(http.StatusNoContent, w.ask("PATCH", in+"/contacts/"+gracie, `{"fields":{"first_name":"Grace"}}`))
	if none := suggested("/suggestions"); none.at("suggestions") != "[]" {
		t.Errorf("suggested again: %s", none.text)
	}
	for range 2 {
		w.want(http.StatusNoContent, w.ask("DELETE", in+"/suggestions/distinct", `{"a":"`+grace+`","b":"`+gracie+`"}`))
	}
	if again := suggested("/suggestions"); again.at("suggestions", 0, "a", "id") != grace {
		t.Error(again.text)
	}
}

// What is said of contacts that are not there, or not two, is refused with what is wrong.
func TestSuggestionsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, eve := w.contact(`{"first_name":"Ada"}`), w.contact(`{"first_name":"Eve"}`)
	kit, gone := w.contact(`{"first_name":"Kit"}`), w.contact(`{"first_name":"Gone"}`)
	w.merge(ada, kit)
	w.want(http.StatusNoContent, w.ask("DELETE", "/v1/spaces/{space}/contacts/"+gone+confirmed, ""))
	for _, c := range []struct {
		method, a, b string
		status       int
		code, at     string
	}{
		{"POST", ada, ada, http.StatusUnprocessableEntity, "contact_is_itself", "/b"},
		{"POST", ada, newID(), http.StatusNotFound, "contact_unknown", "/b"},
		{"POST", "x", ada, http.StatusNotFound, "contact_unknown", "/a"},
		{"POST", eve, gone, http.StatusGone, "contact_deleted", "/b"},
		{"POST", kit, eve, http.StatusConflict, "contact_merged", "/a"},
		{"DELETE", ada, newID(), http.StatusNotFound, "contact_unknown", "/b"},
		{"DELETE", eve, gone, http.StatusGone, "contact_deleted", "/b"},
	} {
		got := w.want(c.status, w.ask(c.method, "/v1/spaces/{space}/suggestions/distinct", `{"a":"`+c.a+`","b":"`+c.b+`"}`))
		if got.at("code") != c.code || got.at("pointer") != c.at {
			t.Errorf("%s %s, %s: %s", c.method, c.a, c.b, got.text)
		}
	}
	if led := w.ask("POST", "/v1/spaces/{space}/suggestions/distinct", `{"a":"`+kit+`","b":"`+eve+`"}`); led.at("survivor") != ada && led.at("names", "survivor") != ada {
		t.Errorf("does not lead to the survivor: %s", led.text)
	}
	for path, status := range map[string]int{
		newID(): http.StatusNotFound, gone: http.StatusGone, kit: http.StatusPermanentRedirect, eve: http.StatusOK,
	} {
		w.want(status, w.ask("GET", "/v1/spaces/{space}/contacts/"+path+"/suggestions", ""))
	}
	w.want(http.StatusUnprocessableEntity, w.ask("GET", "/v1/spaces/{space}/suggestions?cursor=eA", ""))
}
