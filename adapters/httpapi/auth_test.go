package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"skein/adapters/httpapi"
	"skein/domain/credential"
)

// TestToken lets in whoever holds a token, and answers all others alike (C1-4).
func TestToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if mine := w.want(http.StatusOK, w.ask("GET", "/v1/me", "")); mine.at("actor") != "ada" || mine.at("organization") != string(w.org) {
		t.Errorf("me: %s", mine.text)
	}
	stranger, _ := httpapi.NewToken(credential.ID(newID()))
	first := w.ask("GET", "/v1/me", "", "Authorization", "", "X-Request-Id", "r1")
	for i, wrong := range []string{
		"Bearer", "Bearer ", "Bearer x", "Basic " + w.token, w.token, "Bearer skn_", "Bearer " + stranger,
		"Bearer " + w.token[:len(w.token)-1], "Bearer " + w.token + "x", "Bearer " + strings.ToUpper(w.token),
	} {
		w.address = fmt.Sprintf("192.0.2.%d:1", i) // each from elsewhere, so that they are not too many
		r := w.ask("GET", "/v1/me", "", "Authorization", wrong, "X-Request-Id", "r1")
		if r.StatusCode != http.StatusUnauthorized || r.Header.Get("WWW-Authenticate") == "" || r.text != first.text {
			t.Errorf("%s: %d %s", wrong, r.StatusCode, r.text)
		}
	}
	if strings.Contains(w.log.String(), "skn_") {
		t.Errorf("a token is logged: %s", w.log.String())
	}
}

// TestNewToken makes tokens of which only the hash is kept.
func TestNewToken(t *testing.T) {
	t.Parallel()
	id := credential.ID("0199dead-0000-7000-8000-000000000000")
	token, hash := httpapi.NewToken(id)
	again, other := httpapi.NewToken(id)
	if !strings.HasPrefix(token, "skn_0199dead000070008000000000000000_") || len(token) != 80 || token == again || hash == other || len(hash) != 64 {
		t.Errorf("token %s with hash %s", token, hash)
	}
}

// TestRequestID gives every request an id that is found in the journal.
func TestRequestID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		sent string
		kept bool
	}{{"req-4711", true}, {"", false}, {"a b", false}, {"ada@example.org", false}, {strings.Repeat("x", 129), false}} {
		r := w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/{space}/contacts", `{"fields":{"first_name":"Ada"}}`, "X-Request-Id", c.sent))
		id := r.Header.Get("X-Request-Id")
		if id == "" || (id == c.sent) != c.kept {
			t.Errorf("sent %q, was %q", c.sent, id)
		}
		all := w.journal.All(0)
		if by := all[len(all)-1].By; by.Request != id || by.Correlation != id || by.Actor != "ada" {
			t.Errorf("recorded by %v", by)
		}
	}
}

// TestPanic answers even if all else fails, once, and tells nothing of it.
func TestPanic(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Commands.NewID = func() string { panic("no more ids") }
	r := w.want(http.StatusInternalServerError, w.ask("POST", "/v1/spaces/{space}/contacts", `{"fields":{"first_name":"Ada"}}`))
	if r.at("code") != "internal" || strings.Contains(r.text, "ids") || !strings.Contains(w.log.String(), "no more ids") {
		t.Errorf("answered %s, logged %s", r.text, w.log.String())
	}
}

// TestAbandoned says nothing of requests nobody waits for.
func TestAbandoned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if r := w.askIn(ctx, "GET", "/v1/spaces/{space}/contacts", ""); r.StatusCode != 499 || w.log.Len() > 0 {
		t.Errorf("answered %d, logged %s", r.StatusCode, w.log.String())
	}
}
