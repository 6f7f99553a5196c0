package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

const oneSpace = "/v1/organizations/{org}/spaces/{space}"

// A space is edited as it was read, all at once (C0-19, C0-26).
func TestEditSpace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.newSpace(w.org, "Hamburg")
	read := w.want(http.StatusOK, w.ask("GET", oneSpace, ""))
	tag := read.Header.Get("ETag")
	if tag == "" || read.at("contact_limit") != "null" || read.at("suggested_invites", 0, "user") != "ada" || read.at("suggested_invites", 0, "role") != "owner" {
		t.Errorf("read %s with %s", read.text, tag)
	}
	w.want(http.StatusPreconditionRequired, w.ask("PATCH", oneSpace, `{"name":"Bonn"}`))
	for _, stale := range []string{`"99"`, `W/` + tag, `"x"`} {
		if r := w.want(http.StatusPreconditionFailed, w.ask("PATCH", oneSpace, `{"name":"Bonn"}`, "If-Match", stale)); r.at("code") != "space_changed" {
			t.Errorf("%s: %s", stale, r.text)
		}
	}
	w.want(http.StatusUnprocessableEntity, w.ask("PATCH", oneSpace, `{"name":"Bonn"}`, "If-Match", "7"))

	// Nothing of an edit is saved if a part of it is refused.
	for body, pointer := range map[string]string{
		`{"name":"Bonn","users":[{"user":"eve","role":"king"}]}`:                  "/users/0/role",
		`{"name":"Bonn","contact_limit":{"on":true,"at_most":3}}`:                 "/contact_limit", // C0-20
		`{"name":"HAMBURG","users":[]}`:                                           "/name",          // C0-13
		`{"name":" ","users":[]}`:                                                 "/name",
		`{"users":[{"user":"eve","role":"owner"},{"user":"eve","role":"agent"}]}`: "/users/1/user",
		`{"users":[{"user":"eve","role":"agent","no_export":true}]}`:              "/users/0/no_export",
	} {
		if r := w.ask("PATCH", oneSpace, body, "If-Match", tag); r.StatusCode < 400 || r.at("pointer") != pointer {
			t.Errorf("%s: %d %s", body, r.StatusCode, r.text)
		}
	}
	edited := w.want(http.StatusNoContent, w.ask("PATCH", oneSpace, `{"name":"Bonn","users":[{"user":"grace","role":"manager","no_deletion":true}]}`, "If-Match", tag))
	w.want(http.StatusPreconditionFailed, w.ask("PATCH", oneSpace, `{"name":"Ulm"}`, "If-Match", tag))
	read = w.want(http.StatusOK, w.ask("GET", oneSpace, ""))
	if read.Header.Get("ETag") != edited.Header.Get("ETag") || read.at("name") != "Bonn" || read.at("users") != "1" || read.at("members") != `[{"no_deletion":true,"role":"manager","user":"grace"}]` || read.at("suggested_invites") != "null" {
		t.Errorf("afterwards %s %s", read.Header.Get("ETag"), read.text)
	}
	if list := w.ask("GET", "/v1/organizations/{org}/spaces?search=bonn", ""); list.at("spaces", 0, "users") != "1" {
		t.Errorf("overview: %s", list.text)
	}
	w.want(http.StatusNoContent, w.ask("PATCH", oneSpace, `{"users":[]}`, "If-Match", edited.Header.Get("ETag")))
	w.want(http.StatusCreated, w.ask("POST", "/v1/organizations/{org}/spaces", `{"name":"berlin"}`)) // the old name is free
	w.want(http.StatusConflict, w.ask("POST", "/v1/organizations/{org}/spaces", `{"name":"BONN"}`))
}

// What is withheld from a manager is refused, all the rest is not (C2-45, C2-54).
func TestWithheld(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, lord := w.contact(`{"first_name":"Ada"}`), w.contact(`{"first_name":"George"}`)
	w.want(http.StatusNoContent, w.ask("PUT", oneSpace+"/users/grace", `{"role":"manager","no_deletion":true}`))
	grace := []string{"Authorization", "Bearer " + w.tokenOf("grace")}
	for _, ask := range [][3]string{
		{"DELETE", "/v1/spaces/{space}/contacts/" + ada + confirmed, ""},
		{"POST", "/v1/spaces/{space}/contacts/" + ada + "/erase/preview", ""},
		{"POST", "/v1/spaces/{space}/contacts/" + ada + "/erase", `{"token":"x"}`},
		{"POST", "/v1/spaces/{space}/contacts/" + ada + "/merge", `{"absorb":"` + lord + `"}`}, // D1-18
		{"POST", "/v1/spaces/{space}/contacts/" + ada + "/merge/preview", `{"absorb":"` + lord + `"}`},
		{"POST", "/v1/spaces/{space}/contacts/" + ada + "/merge-many", `{"absorb":["` + lord + `","` + newID() + `"]}`},
	} {
		if r := w.want(http.StatusForbidden, w.ask(ask[0], ask[1], ask[2], grace...)); r.at("code") != "role_restricted" {
			t.Errorf("%s: %s", ask[0], r.text)
		}
	}
	w.want(http.StatusNoContent, w.ask("PATCH", "/v1/spaces/{space}/contacts/"+ada, `{"fields":{"country":"UK"}}`, grace...))
	w.want(http.StatusNoContent, w.ask("PUT", oneSpace+"/users/grace", `{"role":"manager"}`))
	w.want(http.StatusNoContent, w.ask("DELETE", "/v1/spaces/{space}/contacts/"+ada+confirmed, "", grace...))
}

// Each row of an invitation has its own result (C0-15, C0-16, C0-17, C0-18).
func TestInvite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.want(http.StatusCreated, w.ask("POST", "/v1/organizations/{org}/spaces", `{"name":"Ulm"}`))
	if made.at("suggested_invites", 0, "user") != "ada" || made.at("suggested_invites", 0, "role") != "owner" {
		t.Errorf("suggested: %s", made.text)
	}
	const users = oneSpace + "/users"
	w.want(http.StatusNoContent, w.ask("PUT", users+"/eve", `{"role":"agent"}`))
	key := []string{"Idempotency-Key", "invite-1"}
	body := `{"users":[{"user":"eve","role":"agent"},{"user":"a b","role":"agent"},{"user":"kit","role":"manager","no_export":true},{"user":"kit","role":"owner"}]}`
	for range 2 {
		r := w.want(http.StatusOK, w.ask("POST", users, body, key...))
		for i, want := range []string{"already", "refused", "assigned", "already"} {
			if r.at("results", i, "outcome") != want {
				t.Errorf("row %d: %s, want %s", i, r.text, want)
			}
		}
		if r.at("results", 3, "role") != "manager" {
			t.Errorf("who is in the space already: %s", r.text)
		}
		if r.at("results", 1, "error", "code") != "user_invalid" || r.at("results", 1, "error", "pointer") != "/users/1/user" {
			t.Errorf("refused: %s", r.text)
		}
	}
	w.want(http.StatusUnprocessableEntity, w.ask("POST", users, `{"users":[]}`))
	many := strings.TrimSuffix(strings.Repeat(`{"user":"kit","role":"agent"},`, 201), ",")
	w.want(http.StatusUnprocessableEntity, w.ask("POST", users, `{"users":[`+many+`]}`))
	if kit := w.want(http.StatusOK, w.ask("GET", "/v1/organizations/{org}/members/kit/spaces", "")); kit.at("spaces") != `[{"id":"`+string(w.space)+`","name":"Berlin","no_export":true,"role":"manager"}]` {
		t.Errorf("kit's spaces: %s", kit.text)
	}
}

// Who is removed from an organization is in none of its spaces, and their tokens
// prove nothing any more, also when they come back; those issued then open nothing
// there.
func TestRemoveMember(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/members/eve", `{"role":"billing_admin"}`))
	w.want(http.StatusNoContent, w.ask("PUT", oneSpace+"/users/eve", `{"role":"owner"}`))
	eve := []string{"Authorization", "Bearer " + w.tokenOf("eve")}
	w.want(http.StatusOK, w.ask("GET", "/v1/spaces/{space}/contacts", "", eve...))
	w.want(http.StatusNoContent, w.ask("DELETE", "/v1/organizations/{org}/members/eve", ""))
	w.want(http.StatusUnauthorized, w.ask("GET", "/v1/me", "", eve...))
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/members/eve", `{"role":"member"}`))
	w.want(http.StatusUnauthorized, w.ask("GET", "/v1/me", "", eve...))
	gone := w.want(http.StatusNoContent, w.ask("DELETE", "/v1/organizations/{org}/members/eve", ""))
	eve = []string{"Authorization", "Bearer " + w.tokenOf("eve")}
	for _, path := range []string{"/v1/spaces/{space}/contacts", "/v1/spaces/{space}/fields"} {
		w.want(http.StatusNotFound, w.ask("GET", path, "", eve...))
	}
	w.want(http.StatusForbidden, w.ask("GET", "/v1/organizations/{org}/spaces", "", eve...))
	if me := w.ask("GET", "/v1/me", "", append(eve, "Min-Position", gone.Header.Get("Journal-Position"))...); me.at("spaces") != "[]" || me.at("role") != "null" {
		t.Errorf("eve is %s", me.text)
	}
}

// limit lets the world's space take in so many contacts.
func (w *world) limit(most int) {
	w.t.Helper()
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/modules/white_label", `{"on":true}`))
	tag := w.want(http.StatusOK, w.ask("GET", oneSpace, "")).Header.Get("ETag")
	w.want(http.StatusNoContent, w.ask("PATCH", oneSpace, fmt.Sprintf(`{"contact_limit":{"on":true,"at_most":%d}}`, most), "If-Match", tag))
}

// The limit holds for contacts however they come, to the last one, and is told only
// where the organization can have one (C0-20, C0-24, C0-25).
func TestContactLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.contact(`{"first_name":"Ada"}`)
	w.limit(3)
	if one := w.ask("GET", oneSpace, ""); one.at("contact_limit") != `{"at_most":3,"on":true}` || one.at("turned_away") != "0" {
		t.Errorf("space: %s", one.text)
	}
	var created, full atomic.Int32
	var wait sync.WaitGroup
	for range 12 {
		wait.Go(func() {
			switch r := w.askIn(t.Context(), "POST", "/v1/spaces/{space}/contacts", `{"fields":{"first_name":"Eve"}}`); {
			case r.StatusCode == http.StatusCreated:
				created.Add(1)
			case r.StatusCode == http.StatusConflict && r.at("code") == "contact_limit_reached":
				full.Add(1)
			default:
				t.Errorf("answered %d %s", r.StatusCode, r.text)
			}
		})
	}
	wait.Wait()
	w.follow()
	if created.Load() != 2 || full.Load() != 10 {
		t.Errorf("%d came in, %d were refused", created.Load(), full.Load())
	}
	w.limit(4)
	report := w.want(http.StatusOK, w.ask("POST", "/v1/spaces/{space}/contacts/import", "first_name\nA\nB\nC\n", "Content-Type", "text/csv"))
	if !strings.Contains(report.text, `"created":1,"refused":2`) || strings.Count(report.text, "contact_limit_reached") != 2 {
		t.Errorf("import: %s", report.text)
	}
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/modules/white_label", `{"on":false}`))
	if one := w.ask("GET", oneSpace, ""); one.at("contact_limit") != "null" || one.at("contacts") != "4" {
		t.Errorf("without the module: %s", one.text)
	}
	w.contact(`{"first_name":"Kit"}`)
}
