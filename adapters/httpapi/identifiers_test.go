package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// What names one contact only is changed back and forth (C1-12, C1-16), never half
// (C1-19); who had a value when can be found out (C1-23), and no value gets into a
// log on the way.
func TestIdentifiers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Commands.Settled = time.Nanosecond // nobody else is there
	const path = "/v1/spaces/{space}/identifiers"
	change := func(status int, unique string, headers ...string) reply {
		t.Helper()
		return w.want(status, w.ask("PUT", path, `{"unique":`+unique+`}`, headers...))
	}
	ada := w.contact(`{"email":"us@example.org"}`)
	before := w.want(http.StatusOK, w.ask("GET", path, ""))
	if got := before.at("unique"); got != `["email","external_id"]` || before.at("becoming") != "null" {
		t.Errorf("by default: %s (C1-13)", before.text)
	}
	change(http.StatusNoContent, `["external_id"]`, "If-Match", before.Header.Get("ETag"))
	change(http.StatusPreconditionFailed, `["email"]`, "If-Match", before.Header.Get("ETag"))
	if r := w.want(http.StatusUnprocessableEntity, w.ask("POST", "/v1/spaces/{space}/contacts", `{"fields":{"email":"us@example.org"}}`)); r.at("code") != "identifier_missing" || r.at("missing") != "external_id" {
		t.Errorf("by a shared address alone: %s (C1-17)", r.text)
	}
	eve := w.contact(`{"email":"us@example.org","external_id":"Eve"}`)
	kit := w.contact(`{"email":"us@example.org","external_id":"eve"}`) // an id is opaque (C1-14)
	w.want(http.StatusUnprocessableEntity, w.ask("POST", "/v1/spaces/{space}/contacts", `{"fields":{"external_id":"`+strings.Repeat("x", 151)+`"}}`))

	r := change(http.StatusConflict, `["email","external_id"]`)
	if r.at("code") != "identifiers_not_unique" || r.at("shared", "total") != "1" || r.at("shared", "values", 0, "value") != "us@example.org" || r.at("shared", "values", 0, "holders") != `["`+ada+`","`+eve+`","`+kit+`"]` {
		t.Errorf("who shares it: %s", r.text)
	}
	if got := w.ask("GET", path, "").at("unique"); got != `["external_id"]` {
		t.Errorf("half applied: %s", got)
	}
	w.merge(ada, eve)
	w.merge(ada, kit)
	change(http.StatusNoContent, `["email","external_id","phone"]`)
	change(http.StatusNoContent, `["email","phone","external_id"]`)
	r = w.want(http.StatusConflict, w.ask("POST", "/v1/spaces/{space}/contacts", `{"fields":{"email":"us@example.org"}}`))
	if r.at("code") != "identifier_taken" || r.at("holder") != ada {
		t.Errorf("a second one: %s (C1-15)", r.text)
	}
	w.want(http.StatusConflict, w.ask("POST", "/v1/spaces/{space}/contacts/"+kit+"/unmerge", ""))
	w.want(http.StatusNoContent, w.ask("PATCH", "/v1/spaces/{space}/contacts/"+ada, `{"fields":{"email":"ada@example.org"}}`))
	w.want(http.StatusOK, w.ask("POST", "/v1/spaces/{space}/contacts/"+kit+"/unmerge", ""))

	r = w.want(http.StatusOK, w.ask("POST", path+"/lookup", `{"identifier":"email","value":"US@example.org"}`))
	if r.at("holders", 0, "contact") != ada || r.at("holders", 0, "until") == "null" || r.at("holders", 1, "contact") != kit || r.at("holders", 1, "until") != "null" {
		t.Errorf("who had it: %s (C1-23)", r.text)
	}
	if r := w.want(http.StatusOK, w.ask("POST", path+"/lookup", `{"identifier":"phone","value":"+4930123456"}`)); r.at("holders") != "[]" {
		t.Errorf("nobody had it: %s", r.text)
	}
	w.want(http.StatusUnprocessableEntity, w.ask("POST", path+"/lookup", `{"identifier":"phone","value":"7"}`))
	if strings.Contains(w.log.String(), "example.org") {
		t.Errorf("an address was logged: %s", w.log.String())
	}
}
