package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestStory is the main job, told over HTTP: C0-4 to C0-9, C2-1 to C2-17, C2-41,
// C2-58 to C2-79.
func TestStory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	// A space (C0-13, C0-14), which shows in the overview (C0-4, C0-5, C0-6, C0-7, C0-8, C0-9).
	made := w.want(http.StatusCreated, w.ask("POST", "/v1/organizations/{org}/spaces", `{"name":"Hamburg","identifiers":["email"]}`))
	if got := made.Header.Get("Location"); got != "/v1/organizations/"+string(w.org)+"/spaces/"+made.at("id") {
		t.Errorf("created at %s", got)
	}
	since := made.Header.Get("Journal-Position")
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/spaces/{space}/users/grace", `{"role":"manager"}`))
	list := w.want(http.StatusOK, w.ask("GET", "/v1/organizations/{org}/spaces", "", "Min-Position", since))
	if list.at("spaces", 0, "name") != "Berlin" || list.at("spaces", 0, "users") != "1" || list.at("spaces", 1, "name") != "Hamburg" || list.at("spaces", 1, "users") != "0" {
		t.Errorf("overview: %s", list.text)
	}
	if found := w.ask("GET", "/v1/organizations/{org}/spaces?search=BURG", ""); found.at("spaces", 0, "name") != "Hamburg" || found.at("spaces", 1) != "nothing" {
		t.Errorf("search: %s", found.text)
	}
	if none := w.want(http.StatusOK, w.ask("GET", "/v1/organizations/{org}/spaces?search=zz", "")); none.at("spaces") != "[]" {
		t.Errorf("search for nothing: %s", none.text)
	}
	if one := w.ask("GET", "/v1/organizations/{org}/spaces/{space}", ""); one.at("members", 0, "role") != "manager" {
		t.Errorf("space: %s", one.text)
	}
	w.want(http.StatusNoContent, w.ask("DELETE", "/v1/organizations/{org}/spaces/{space}/users/grace", ""))

	// Fields of its own (C2-37).
	w.want(http.StatusNoContent, w.ask("POST", "/v1/spaces/{space}/fields", `{"key":"city","type":"text"}`))
	if fields := w.ask("GET", "/v1/spaces/{space}/fields", ""); !strings.Contains(fields.text, `{"key":"city","label":"city","type":"text","standard":false}`) {
		t.Errorf("fields: %s", fields.text)
	}

	// Contacts one by one (C2-17) and by import (C2-18).
	ada := w.contact(`{"first_name":"Ada","email":"ada@example.org","city":"Berlin"}`)
	augusta := w.contact(`{"first_name":"Augusta","last_name":"King","phone":"+4930123456"}`)
	report := w.want(http.StatusOK, w.ask("POST", "/v1/spaces/{space}/contacts/import?map=Name:first_name&ignore=Note&tag=imported",
		"Name;email;Note\nCharles;charles@example.org;x\nAda;ada@example.org;x\n", "Content-Type", "text/csv"))
	if !strings.Contains(report.text, `{"done":{"rows":2,"created":1,"refused":1,`) || !strings.Contains(report.text, `{"row":3,"error":{`) || !strings.Contains(report.text, ada) {
		t.Errorf("import: %s", report.text)
	}

	// Pages by keyset (C2-6), sorted by name.
	first := w.want(http.StatusOK, w.ask("GET", "/v1/spaces/{space}/contacts?limit=2&sort=-name", ""))
	second := w.want(http.StatusOK, w.ask("GET", "/v1/spaces/{space}/contacts?limit=2&sort=-name&cursor="+first.at("next"), ""))
	if first.at("contacts", 0, "name") != "Charles" || first.at("contacts", 1, "name") != "Augusta King" || second.at("contacts", 0, "id") != ada || second.at("next") != "null" {
		t.Errorf("pages: %s %s", first.text, second.text)
	}

	// An inbox and its count (C2-41), the same by filter (C2-38).
	box := w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/{space}/inboxes", `{"name":"Berlin","filter":{"any":[{"test":{"of":"city","how":"is","value":"berlin"}},{"not":{"test":{"of":"email","how":"has_value"}}}]}}`))
	if boxes := w.ask("GET", "/v1/spaces/{space}/inboxes", ""); boxes.at("inboxes", 0, "contacts") != "2" {
		t.Errorf("inbox counts: %s", boxes.text)
	}
	for _, path := range []string{
		"/v1/spaces/{space}/inboxes/" + box.at("id") + "/contacts",
		"/v1/spaces/{space}/contacts?inbox=" + box.at("id"),
		`/v1/spaces/{space}/contacts?filter={"not":{"test":{"of":"tag","how":"is","value":"imported"}}}`,
	} {
		if shown := w.want(http.StatusOK, w.ask("GET", path, "")); shown.at("contacts", 0, "id") != ada || shown.at("contacts", 1, "id") != augusta || shown.at("contacts", 2) != "nothing" {
			t.Errorf("%s: %s", path, shown.text)
		}
	}
	if shown := w.ask("POST", "/v1/spaces/{space}/contacts/search", `{"filter":{"test":{"of":"city","how":"is","value":"Berlin"}},"limit":1}`); shown.at("contacts", 0, "id") != ada {
		t.Errorf("search: %s", shown.text)
	}

	// Two are one (C2-58): each field's value is chosen (C2-60).
	before := w.want(http.StatusOK, w.ask("GET", "/v1/spaces/{space}/contacts/"+augusta, ""))
	merged := w.want(http.StatusOK, w.ask("POST", "/v1/spaces/{space}/contacts/"+ada+"/merge", `{"absorb":"`+augusta+`","choices":{"first_name":"absorbed","city":"cleared"}}`))
	if merged.at("survivor") != ada || merged.Header.Get("Journal-Position") == "" {
		t.Errorf("merge: %s", merged.text)
	}
	full := w.want(http.StatusOK, w.ask("GET", "/v1/spaces/{space}/contacts/"+ada, "", "Min-Position", merged.Header.Get("Journal-Position")))
	if full.at("name") != "Augusta King" || full.at("fields", "city") != "null" || full.at("fields", "phone") != "+4930123456" || full.at("absorbed", 0, "id") != augusta {
		t.Errorf("survivor: %s", full.text)
	}
	if got := full.Header.Get("ETag"); got != `"`+full.at("position")+`"` {
		t.Errorf("ETag %s", got)
	}

	// The old id leads to the survivor (C2-68).
	to := "/v1/spaces/" + string(w.space) + "/contacts/" + ada
	moved := w.want(http.StatusPermanentRedirect, w.ask("GET", "/v1/spaces/{space}/contacts/"+augusta, ""))
	if moved.Header.Get("Location") != to || moved.at("survivor") != ada || moved.at("code") != "contact_merged" {
		t.Errorf("absorbed: %v %s", moved.Header, moved.text)
	}
	told := w.want(http.StatusConflict, w.ask("PATCH", "/v1/spaces/{space}/contacts/"+augusta, `{"fields":{"city":"Ulm"}}`))
	if told.at("link") != to || told.at("survivor") != ada {
		t.Errorf("edit of the absorbed: %s", told.text)
	}

	// One is two again, as before (C2-70 to C2-77).
	w.want(http.StatusNoContent, w.ask("PATCH", "/v1/spaces/{space}/contacts/"+ada, `{"fields":{"email":null},"tag":["vip"]}`))
	w.want(http.StatusOK, w.ask("POST", "/v1/spaces/{space}/contacts/"+augusta+"/unmerge", ""))
	after := w.want(http.StatusOK, w.ask("GET", "/v1/spaces/{space}/contacts/"+augusta, ""))
	if before.at("fields") != after.at("fields") || before.at("created") != after.at("created") || before.at("tags") != after.at("tags") {
		t.Errorf("absorbed before: %s, after: %s", before.text, after.text)
	}
	if back := w.ask("GET", "/v1/spaces/{space}/contacts/"+ada, ""); back.at("fields") != `{"city":"Berlin","first_name":"Ada"}` || back.at("tags") != `["vip"]` {
		t.Errorf("survivor after: %s", back.text)
	}

	// What happened, step by step (C2-66, C2-80).
	history := w.want(http.StatusOK, w.ask("GET", "/v1/spaces/{space}/contacts/"+ada+"/history?limit=3", "", "X-Request-Id", "story"))
	if history.at("steps", 0, "kind") != "contact.created" || history.at("steps", 0, "by", "actor") != "ada" || history.at("steps", 2, "kind") != "contact.merged" || history.at("steps", 2, "after", "name") != "Augusta King" {
		t.Errorf("history: %s", history.text)
	}
	rest := w.ask("GET", "/v1/spaces/{space}/contacts/"+ada+"/history?after="+history.at("next"), "")
	if rest.at("steps", 0, "kind") != "contact.edited" || rest.at("steps", 1, "kind") != "contact.unmerged" || rest.at("steps", 2) != "nothing" || rest.at("next") != "null" {
		t.Errorf("rest of the history: %s", rest.text)
	}
	if early := w.want(http.StatusOK, w.ask("GET", "/v1/spaces/{space}/contacts/"+ada+"/history?at=1", "")); early.at("steps") != "[]" {
		t.Errorf("history before all: %s", early.text)
	}
	if then := w.ask("GET", "/v1/spaces/{space}/contacts/"+ada+"/history?at="+history.at("steps", 2, "at"), ""); then.at("steps", 2, "kind") != "contact.merged" {
		t.Errorf("history up to a time: %s", then.text)
	}

	// Deleted for good (C2-13, C2-15).
	w.want(http.StatusNoContent, w.ask("DELETE", "/v1/spaces/{space}/contacts/"+ada+confirmed, ""))
	w.want(http.StatusGone, w.ask("GET", "/v1/spaces/{space}/contacts/"+ada, ""))
	if last := w.ask("GET", "/v1/spaces/{space}/contacts/"+ada+"/history?after="+rest.at("steps", 1, "position"), ""); last.at("steps", 0, "after", "deleted") != "true" {
		t.Errorf("history of the deleted: %s", last.text)
	}
	w.want(http.StatusNoContent, w.ask("DELETE", "/v1/spaces/{space}/inboxes/"+box.at("id"), ""))
	w.want(http.StatusNotFound, w.ask("GET", "/v1/spaces/{space}/inboxes/"+box.at("id"), ""))
}

// TestMailbox connects a mailbox whose password is never seen again (C3-37).
func TestMailbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/{space}/mailboxes", `{"host":"imap.example.org","port":993,"user":"ada@example.org","password":"analytical"}`))
	list := w.want(http.StatusOK, w.ask("GET", "/v1/spaces/{space}/mailboxes", "", "Min-Position", made.Header.Get("Journal-Position")))
	one := w.want(http.StatusOK, w.ask("GET", made.Header.Get("Location"), ""))
	if one.at("security") != "tls" || one.at("folders", 0, "path") != "INBOX" || list.at("mailboxes", 0, "id") != made.at("id") {
		t.Errorf("mailbox: %s %s", list.text, one.text)
	}
	if seen := list.text + one.text + made.text + w.log.String(); strings.Contains(seen, "analytical") || strings.Contains(seen, "sealed") {
		t.Errorf("the password is seen: %s", seen)
	}
}

// TestReadYourWrites waits until what was written shows.
func TestReadYourWrites(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Patience = time.Minute
	at := w.askIn(t.Context(), "POST", "/v1/spaces/{space}/contacts", `{"fields":{"first_name":"Ada"}}`).Header.Get("Journal-Position")
	if now := w.askIn(t.Context(), "GET", "/v1/spaces/{space}/contacts", ""); now.at("contacts") != "[]" {
		t.Errorf("shows before it was projected: %s", now.text)
	}
	answer := make(chan reply)
	go func() {
		answer <- w.askIn(t.Context(), "GET", "/v1/spaces/{space}/contacts", "", "Min-Position", at)
	}()
	w.follow()
	if then := <-answer; then.at("contacts", 0, "name") != "Ada" {
		t.Errorf("does not show: %s", then.text)
	}
}

// TestNotYet asks for more of the journal than shows.
func TestNotYet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, late := range []reply{
		w.ask("GET", "/v1/spaces/{space}/contacts", "", "Min-Position", "1000"),
		w.ask("GET", "/v1/organizations/{org}/spaces?min_position=1000", ""),
	} {
		if late.StatusCode != http.StatusServiceUnavailable || late.at("code") != "not_yet" || late.Header.Get("Retry-After") != "1" {
			t.Errorf("answered %d %s", late.StatusCode, late.text)
		}
	}
}
