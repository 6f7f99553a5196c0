package httpapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"skein/commands"
	"skein/domain/access"
	"skein/domain/contact"
)

const newContact = `{"fields":{"first_name":"Ada","last_name":"Lovelace","country":"England"},"tags":["vip"]}`

// BenchmarkPost measures what HTTP adds to a command: all of it, the command
// alone, and the same router answering an empty request.
func BenchmarkPost(b *testing.B) {
	w := commandsOnly(b)
	w.space = w.newSpace(w.org, "Berlin")
	path := "/v1/spaces/" + string(w.space) + "/contacts"
	post := func(b *testing.B, h http.Handler, body string, want int) {
		b.ReportAllocs()
		for b.Loop() {
			r := httptest.NewRequest("POST", path, strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer "+w.token)
			r.Header.Set("Content-Type", "application/json")
			out := httptest.NewRecorder()
			h.ServeHTTP(out, r)
			if out.Code != want {
				b.Fatalf("answered %d %s", out.Code, out.Body)
			}
		}
	}
	b.Run("api", func(b *testing.B) { post(b, w.http, newContact, http.StatusCreated) })
	b.Run("bare", func(b *testing.B) {
		bare := chi.NewMux()
		bare.Post("/v1/spaces/{space}/contacts", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) })
		post(b, bare, "", http.StatusCreated)
	})
	b.Run("command", func(b *testing.B) {
		b.ReportAllocs()
		room, err := w.Commands.Enter(b.Context(), commands.Principal{Actor: "ada", Organization: w.org}, w.space, access.EditContacts)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			cmd := contact.Create{Fields: map[string]string{"first_name": "Ada", "last_name": "Lovelace", "country": "England"}, Tags: []string{"vip"}, Origin: contact.ByHand}
			if _, _, err := w.Commands.CreateContact(b.Context(), system, room, cmd); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkAuthorized measures what it costs to find out who asks and whether they
// ask too often: a query answered from memory as a user and as a credential of the
// space, counted and not, beside a probe, which asks nobody.
func BenchmarkAuthorized(b *testing.B) {
	w := commandsOnly(b)
	w.space = w.newSpace(w.org, "Berlin")
	shop := w.credential("{space}", agent).at("token")
	for _, limit := range []int{0, 1 << 40} {
		w.Limit = limit
		w.http = w.anew()
		for who, ask := range map[string][2]string{
			"probe": {"/healthz", ""}, "user": {"/v1/spaces/" + string(w.space) + "/fields", w.token},
			"credential": {"/v1/spaces/" + string(w.space) + "/fields", shop},
		} {
			b.Run(fmt.Sprintf("%s/limited=%v", who, limit > 0), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					r := httptest.NewRequest("GET", ask[0], nil)
					r.Header.Set("Authorization", "Bearer "+ask[1])
					w.http.ServeHTTP(httptest.NewRecorder(), r)
				}
			})
		}
	}
}
