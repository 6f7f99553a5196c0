package httpapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"skein/domain"
)

const changesPath = "/v1/spaces/{space}/changes"

// page asks for changes and reads the page.
func (w *world) page(query string) (changes []sent, next domain.Position) {
	w.t.Helper()
	var page struct {
		Changes []sent
		Next    domain.Position
	}
	answer := w.want(http.StatusOK, w.ask("GET", changesPath+query, ""))
	if err := json.Unmarshal([]byte(answer.text), &page); err != nil {
		w.t.Fatal(err)
	}
	return page.Changes, page.Next
}

// Everything that happens in a space is told once, in order, page by page, and nothing
// that is another space's, a secret, or the installation's (C2-39, C3-37).
func TestChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.contact(`{"first_name":"Ada","email":"ada@example.org"}`)
	other := w.newSpace(w.org, "Other")
	w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/"+string(other)+"/contacts", `{"fields":{"first_name":"Elsewhere"}}`))
	w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/{space}/mailboxes", `{"host":"imap.example.org","port":993,"security":"tls","user":"us","password":"planted"}`))
	w.credential("{space}", "owner")
	box := w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/{space}/inboxes", `{"name":"Ulm","filter":{"test":{"of":"country","how":"is","value":"Ulm"}}}`)).at("id")
	w.want(http.StatusNoContent, w.ask("PATCH", "/v1/spaces/{space}/contacts/"+ada, `{"fields":{"last_name":"Lovelace"}}`))

	var told []string
	at := domain.Position(0)
	for next := at; next < w.end(); {
		var changes []sent
		changes, next = w.page(fmt.Sprintf("?wait=0&limit=2&after=%d", next))
		for _, c := range changes {
			if c.Position <= at || c.By.Actor == "" {
				t.Errorf("after %d comes %+v", at, c)
			}
			told, at = append(told, c.Kind+" "+c.Contact+c.Inbox), c.Position
		}
	}
	want := []string{"space.created ", "contact.created " + ada, "inbox.saved " + box, "contact.edited " + ada}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}
	all := w.want(http.StatusOK, w.ask("GET", changesPath, "")).text
	for _, secret := range []string{"planted", "sealed", "Elsewhere", w.token, "identifier", "credential", "request"} {
		if strings.Contains(all, secret) {
			t.Errorf("%q is in %s", secret, all)
		}
	}
	for query, code := range map[string]string{
		fmt.Sprintf("?after=%d", w.end()+1): "position_ahead", "?after=x": "parameter_invalid", "?wait=61": "parameter_invalid", "?limit=0": "parameter_invalid", "/stream?wait=1": "parameter_invalid",
	} {
		if r := w.ask("GET", changesPath+query, ""); r.at("code") != code {
			t.Errorf("%s: %d %s", query, r.StatusCode, r.text)
		}
	}
}

// Whoever has seen everything waits for what comes, and no longer than they said.
func TestChangesWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	began := time.Now()
	if changes, next := w.page(fmt.Sprintf("?wait=1&after=%d", w.end())); len(changes) > 0 || next != w.end() || time.Since(began) < time.Second || time.Since(began) > 20*time.Second {
		t.Errorf("waited for %v and got %v, next %d", time.Since(began), changes, next)
	}
	answers := make(chan reply, 1)
	path := fmt.Sprintf("%s?wait=60&after=%d", changesPath, w.end())
	go func() { answers <- w.askIn(t.Context(), "GET", path, "") }()
	id := w.contact(`{"first_name":"Ada"}`)
	if r := w.want(http.StatusOK, <-answers); r.at("changes", 0, "contact") != id || r.at("changes", 1) != "nothing" {
		t.Errorf("told of %s", r.text)
	}
	go func() {
		answers <- w.askIn(t.Context(), "GET", fmt.Sprintf("%s?wait=60&after=%d", changesPath, w.end()), "")
	}()
	w.EndListening() // the server stops
	if r := w.want(http.StatusOK, <-answers); r.at("changes") != "[]" {
		t.Errorf("told of %s", r.text)
	}
}

// A stream tells of what was and of what comes as it comes. Whoever was cut off goes on
// with the id they had last, and is told no position twice.
func TestChangesStream(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.served()
	ada := w.contact(`{"first_name":"Ada"}`)
	first := w.follows(s, w.token, 0)
	if kind := first.answer.Header.Get("Content-Type"); kind != "text/event-stream" || first.answer.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the stream is %s, %v", kind, first.answer.Header)
	}
	if got := first.kinds(2); got[0] != "space.created" || got[1] != "contact.created" {
		t.Errorf("told of %v", got)
	}
	if e := first.next(); e.Kind != "" || e.id != w.end() {
		t.Errorf("that this is all is told as %+v", e)
	}
	w.want(http.StatusNoContent, w.ask("PATCH", "/v1/spaces/{space}/contacts/"+ada, `{"fields":{"last_name":"Lovelace"}}`))
	edited := first.next()
	if edited.Kind != "contact.edited" || edited.Contact != ada || edited.By.Actor != "ada" || !bytes.Contains(edited.Data, []byte("Lovelace")) {
		t.Errorf("told of %+v", edited)
	}
	w.newSpace(w.org, "Other") // a silence for those who follow this one
	silent := first.next()
	if silent.Kind != "" || silent.id <= edited.id || silent.id > w.end() {
		t.Errorf("the silence is told as %+v", silent)
	}
	first.leave()
	w.contact(`{"first_name":"Eve"}`)
	second := w.follows(s, w.token, silent.id)
	if e := second.next(); e.Kind != "contact.created" || e.Position <= silent.id {
		t.Errorf("after the break comes %+v", e)
	}
	began := time.Now()
	w.EndListening()
	second.ends()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the stream ended %v after the server was to stop", took)
	}
	if r := w.want(http.StatusOK, w.ask("HEAD", changesPath+"/stream", "")); r.text != "" {
		t.Errorf("HEAD answers %s", r.text)
	}
}

// A merge is told as one change with its cause and both contacts as they are after it,
// and so is its undoing; conversations that it closes are not told of, and no field is
// told to have been edited (D1-12, D2-16).
func TestChangesOfMerges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.contact(`{"first_name":"Ada","email":"ada@example.org"}`)
	lord := w.contact(`{"last_name":"Lovelace"}`)
	eve := w.contact(`{"phone":"+4930123456"}`)
	began := w.end()
	w.merge(ada, lord)
	w.merge(eve, ada)
	w.want(http.StatusOK, w.ask("POST", "/v1/spaces/{space}/contacts/"+lord+"/unmerge", `{}`))
	w.want(http.StatusNoContent, w.ask("PATCH", "/v1/spaces/{space}/contacts/"+eve, `{"fields":{"first_name":"Eve"}}`))

	type body struct{ id, partOf, name string }
	want := []struct {
		kind, contact, cause string
		after                []body
	}{
		{"contact.merged", lord, "merge", []body{{lord, ada, "Lovelace"}, {ada, "", "Ada Lovelace"}}},
		{"contact.merged", ada, "merge", []body{{ada, eve, "Ada Lovelace"}, {eve, "", "Ada Lovelace"}}},
		{"contact.unmerged", lord, "unmerge", []body{{lord, "", "Lovelace"}, {ada, eve, "Ada"}, {eve, "", "Ada"}}},
		{"contact.edited", eve, "", nil},
	}
	for range 2 { // they are told as they were then, whatever came after
		var changes []sent
		for next := began; next < w.end(); {
			var more []sent
			more, next = w.page(fmt.Sprintf("?wait=0&after=%d", next))
			changes = append(changes, more...)
		}
		if len(changes) != len(want) {
			t.Fatalf("told of %+v", changes)
		}
		for i, c := range changes {
			var after []body
			for _, one := range c.After {
				after = append(after, body{one.ID, one.PartOf, one.Name})
			}
			if c.Kind != want[i].kind || c.Contact != want[i].contact || c.Cause != want[i].cause || fmt.Sprint(after) != fmt.Sprint(want[i].after) {
				t.Errorf("told of %s of %s because of %q: %v, want %+v", c.Kind, c.Contact, c.Cause, after, want[i])
			}
		}
		if email := changes[1].After[1].Fields["email"]; email != "ada@example.org" {
			t.Errorf("the survivor's email is %q", email)
		}
		w.want(http.StatusNoContent, w.ask("PATCH", "/v1/spaces/{space}/contacts/"+eve, `{"fields":{"first_name":"Eve"}}`))
		want = append(want, want[len(want)-1])
	}
}

// A merge is told once the read model knows who is one with whom by then, and what comes
// behind it is not told before.
func TestChangesWaitForKin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.contact(`{"first_name":"Ada"}`)
	lord := w.contact(`{"last_name":"Lovelace"}`)
	eve := w.contact(`{"phone":"+4930123456"}`)
	w.merge(ada, lord)
	before := w.end()
	w.want(http.StatusOK, w.askIn(t.Context(), "POST", "/v1/spaces/{space}/contacts/"+eve+"/merge", `{"absorb":"`+ada+`"}`))
	w.want(http.StatusNoContent, w.askIn(t.Context(), "PATCH", "/v1/spaces/{space}/contacts/"+eve, `{"fields":{"country":"England"}}`))
	path := fmt.Sprintf("%s?wait=0&after=%d", changesPath, before)
	if early := w.want(http.StatusOK, w.askIn(t.Context(), "GET", path, "")); early.at("changes") != "[]" || early.at("next") != fmt.Sprint(before) {
		t.Errorf("too early it is told: %s", early.text)
	}
	w.follow()
	w.Patience = 5 * time.Second
	if told := w.want(http.StatusOK, w.askIn(t.Context(), "GET", path, "")); told.at("changes", 0, "after", 1, "name") != "Ada Lovelace" || told.at("changes", 1, "kind") != "contact.edited" {
		t.Errorf("then it is told: %s", told.text)
	}
}
