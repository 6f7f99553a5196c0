package httpapi_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"skein/adapters/httpapi"
	"skein/commands"
	"skein/domain/contact"
)

// The same key with the same request takes effect once and is answered alike,
// however often, however many at once, and by whichever process.
func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada := w.contact(`{"first_name":"Ada"}`)
	lord := w.contact(`{"first_name":"George"}`)
	shop := w.credential("{space}", agent).at("id")
	for _, ask := range [][3]string{
		{"POST", "/v1/organizations/{org}/spaces", `{"name":"Hamburg"}`},
		{"POST", "/v1/me/tokens", `{}`},
		{"POST", "/v1/spaces/{space}/credentials", `{"label":"shop","role":"agent"}`},
		{"POST", "/v1/spaces/{space}/credentials/" + shop + "/rotate", `{"overlap_seconds":60}`},
		{"DELETE", "/v1/spaces/{space}/credentials/" + shop, ""},
		{"POST", "/v1/organizations/{org}/members/kit/tokens", `{}`},
		{"POST", "/v1/spaces/{space}/contacts", `{"fields":{"first_name":"Eve","email":"eve@example.org"}}`},
		{"POST", "/v1/spaces/{space}/contacts", `{"fields":{"first_name":"Nobody in particular"}}`},
		{"PATCH", "/v1/spaces/{space}/contacts/" + ada, `{"fields":{"first_name":"Augusta"}}`},
		{"POST", "/v1/spaces/{space}/contacts/" + ada + "/merge", `{"absorb":"` + lord + `"}`},
		{"POST", "/v1/spaces/{space}/contacts/" + lord + "/unmerge", `{}`},
		{"POST", "/v1/spaces/{space}/inboxes", `{"name":"x","filter":{"test":{"of":"tag","how":"is","value":"vip"}}}`},
		{"POST", "/v1/spaces/{space}/mailboxes", `{"host":"imap.example.org","port":993,"security":"tls","user":"u","password":"p"}`},
		{"DELETE", "/v1/spaces/{space}/contacts/" + lord + confirmed, ""},
	} {
		key := []string{"Idempotency-Key", newID()}
		first := w.ask(ask[0], ask[1], ask[2], key...)
		if first.StatusCode >= 300 {
			t.Fatalf("%s %s: %d %s", ask[0], ask[1], first.StatusCode, first.text)
		}
		before := w.end()
		others := httpapi.API{Commands: &commands.Handler{
			Journal: w.journal, Now: w.Commands.Now, NewID: newID, Hash: hash, Mail: post{}, Seal: glass{},
		}, DB: w.DB, Projectors: w.Projectors, Ready: w.Ready, Log: w.Log}
		elsewhere := others.Handler()
		var wait sync.WaitGroup
		for i := range 6 {
			wait.Go(func() {
				there := *w
				if i%2 == 0 {
					there.http = elsewhere // after a restart, or on another machine
				}
				again := there.askIn(t.Context(), ask[0], ask[1], ask[2], key...)
				if again.StatusCode != first.StatusCode || again.text != first.text || again.Header.Get("Journal-Position") != first.Header.Get("Journal-Position") {
					t.Errorf("%s %s again: %d %s at %s, want %d %s at %s", ask[0], ask[1], again.StatusCode, again.text,
						again.Header.Get("Journal-Position"), first.StatusCode, first.text, first.Header.Get("Journal-Position"))
				}
			})
		}
		wait.Wait()
		if w.end() != before {
			t.Errorf("%s %s again wrote %d events", ask[0], ask[1], w.end()-before)
		}
	}
}

// A key is for one request, and is the sender's own.
func TestIdempotencyKeyReused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := []string{"Idempotency-Key", "k-1"}
	w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/{space}/contacts", `{"fields":{"first_name":"Ada"}}`, key...))
	if got := w.want(http.StatusUnprocessableEntity, w.ask("POST", "/v1/spaces/{space}/contacts", `{"fields":{"first_name":"Eve"}}`, key...)); got.at("code") != "idempotency_key_reused" {
		t.Errorf("another request under the same key: %s", got.text)
	}
	if got := w.want(http.StatusUnprocessableEntity, w.ask("POST", "/v1/spaces/{space}/contacts", `{}`, "Idempotency-Key", "a b")); got.at("code") != "idempotency_key_invalid" {
		t.Errorf("no key: %s", got.text)
	}
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/spaces/{space}/users/grace", `{"role":"owner"}`))
	w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/{space}/contacts", `{"fields":{"first_name":"Grace"}}`, append(key, "Authorization", "Bearer "+w.tokenOf("grace"))...))
}

// An import under a key that was broken off and is sent again creates no contact
// twice (D3-16).
func TestImportAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	file := "first_name,email\nAda,ada@example.org\nEve,\nKit,\n"
	for _, part := range []string{file[:strings.Index(file, "Kit")], file, file} {
		w.want(http.StatusOK, w.ask("POST", "/v1/spaces/{space}/contacts/import", part, "Content-Type", "text/csv", "Idempotency-Key", "import-1"))
	}
	created := 0
	for _, r := range w.journal.All(0) {
		if _, ok := r.Event.(contact.Created); ok {
			created++
		}
	}
	if created != 3 {
		t.Errorf("%d contacts were created of 3 rows", created)
	}
}

// A key is its sender's own: somebody of another organization who goes by the same id
// and sends the same under the same key is told nothing of what it made before.
func TestIdempotencyKeyOfAnotherOrganization(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other, token := w.newOrganization("Others", "ada")
	theirs := []string{"Authorization", "Bearer " + token, "Idempotency-Key", "create-1"}
	first := w.want(http.StatusCreated, w.ask("POST", "/v1/me/tokens", `{"label":"laptop"}`, "Idempotency-Key", "create-1"))
	second := w.want(http.StatusCreated, w.ask("POST", "/v1/me/tokens", `{"label":"laptop"}`, theirs...))
	if first.at("id") == second.at("id") || first.at("token") == second.at("token") {
		t.Fatal("one token for two organizations")
	}
	if me := w.want(http.StatusOK, w.ask("GET", "/v1/me", "", "Authorization", "Bearer "+second.at("token"))); me.at("organization") != string(other) {
		t.Errorf("the token opens %v", me.at("organization"))
	}
}
