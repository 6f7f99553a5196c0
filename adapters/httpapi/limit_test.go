package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"skein/adapters/httpapi"
	"skein/commands"
	"skein/domain"
	"skein/domain/credential"
	"skein/projections"
)

// Requests are counted by credential. Each answer says how many are left; those
// that are too many are turned away with when to come again, and nobody else is
// the worse for it. Probes and the documentation are not counted.
func TestLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ada, eve := bearing(w.token), bearing(w.tokenOf("eve"))
	w.Limit = 5
	w.http = w.anew()
	for left := 4; left >= 0; left-- {
		r := w.want(http.StatusOK, w.ask("GET", "/v1/me", "", ada...))
		reset, err := strconv.Atoi(r.Header.Get("RateLimit-Reset"))
		if r.Header.Get("RateLimit-Limit") != "5" || r.Header.Get("RateLimit-Remaining") != strconv.Itoa(left) || err != nil || reset < 1 || reset > 60 {
			t.Errorf("with %d left: %v", left, r.Header)
		}
	}
	r := w.want(http.StatusTooManyRequests, w.ask("GET", "/v1/me", "", ada...))
	after, err := strconv.Atoi(r.Header.Get("Retry-After"))
	reset, _ := strconv.Atoi(r.Header.Get("RateLimit-Reset"))
	if r.at("code") != "rate_limited" || r.Header.Get("Content-Type") != "application/problem+json" || err != nil || after < reset || after > 120 || r.Header.Get("RateLimit-Remaining") != "0" {
		t.Errorf("one too many: %s %v", r.text, r.Header)
	}
	w.want(http.StatusOK, w.ask("GET", "/v1/me", "", eve...))
	for _, open := range []string{"/healthz", "/readyz", "/metrics", "/docs", "/openapi.json"} {
		for range 6 {
			w.want(http.StatusOK, w.ask("GET", open, "", ada...))
		}
	}
}

// anew is another router of the same system, which has counted nothing yet.
func (w *world) anew() http.Handler {
	w.Metrics = nil
	return w.Handler()
}

// Who cannot prove who they are is turned away after ten attempts a minute from an
// address, whatever it is that headers say of the address; a right token that was
// not shown before is not looked at either. Those who proved who they are go on.
func TestAPI2BrokenAuthentication(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.address = "[2001:db8::1]:4711"
	eve := w.tokenOf("eve")
	w.want(http.StatusOK, w.ask("GET", "/v1/me", ""))
	for n := range 14 {
		guess, _ := httpapi.NewToken(credential.ID(newID()))
		if n%3 == 0 {
			guess = w.token[:len(w.token)-1] + "!"
		}
		w.address = fmt.Sprintf("[2001:db8::%d]:4711", n) // of the same network
		want := http.StatusUnauthorized
		if n >= 10 {
			want = http.StatusTooManyRequests
		}
		r := w.want(want, w.ask("GET", "/v1/me", "", append(bearing(guess), "X-Forwarded-For", fmt.Sprintf("192.0.2.%d", n), "X-Real-IP", "192.0.2.1", "True-Client-IP", "192.0.2.2")...))
		if n >= 10 && (r.at("code") != "rate_limited" || r.Header.Get("Retry-After") == "") {
			t.Errorf("attempt %d: %s %v", n, r.text, r.Header)
		}
	}
	w.want(http.StatusTooManyRequests, w.ask("GET", "/v1/me", "", bearing(eve)...))
	w.want(http.StatusTooManyRequests, w.ask("GET", "/v1/me", "", "Authorization", ""))
	w.want(http.StatusOK, w.ask("GET", "/v1/me", ""))
	w.address = "192.0.2.1:1"
	w.want(http.StatusOK, w.ask("GET", "/v1/me", "", bearing(eve)...))

	// A token is nothing but a header: what gets into logs on the way proves nothing.
	for _, path := range []string{"/v1/me?access_token=" + w.token, "/v1/me?token=" + w.token} {
		w.want(http.StatusUnauthorized, w.ask("GET", path, "", "Authorization", "", "Cookie", "token="+w.token, "X-Api-Key", w.token))
	}
}

// Tokens of another issuer are asked about there, and let in whom they stand for
// in whatever roles they have here; what is said of them is all that is told.
func TestOtherIssuer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	grace := bearing("a.grace.c")
	w.want(http.StatusUnauthorized, w.ask("GET", "/v1/me", "", grace...)) // there is no other issuer yet
	down := domain.Refuse(domain.Stale, "issuer_unreachable", "Later.")
	claim := domain.Refuse(domain.Forbidden, "token_claim_unfit", "The claim sub does not fit.").Naming("claim", "sub")
	w.Bearer = func(_ context.Context, token string) (commands.Principal, error) {
		switch user := strings.Split(token, ".")[1]; user {
		case "down":
			return commands.Principal{}, down
		case "odd":
			return commands.Principal{}, claim
		case "fault":
			return commands.Principal{}, errors.New("something within")
		case "nobody":
			return commands.Principal{}, commands.ErrWho
		default:
			return commands.Principal{Actor: domain.Actor(user), Organization: w.org}, nil
		}
	}
	w.Limit = 40
	w.http = w.anew()
	if r := w.want(http.StatusOK, w.ask("GET", "/v1/me", "", grace...)); r.at("actor") != "grace" || r.at("spaces") != "[]" {
		t.Errorf("without a role: %s", r.text)
	}
	w.want(http.StatusNotFound, w.ask("GET", "/v1/spaces/{space}/contacts", "", grace...))
	w.want(http.StatusForbidden, w.ask("POST", "/v1/me/tokens", `{}`, grace...))
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/spaces/{space}/users/grace", `{"role":"manager"}`))
	w.want(http.StatusOK, w.ask("GET", "/v1/spaces/{space}/contacts", "", grace...))
	own := w.want(http.StatusCreated, w.ask("POST", "/v1/me/tokens", `{}`, grace...))
	w.want(http.StatusOK, w.ask("GET", "/v1/spaces/{space}/contacts", "", bearing(own.at("token"))...))

	if r := w.want(http.StatusServiceUnavailable, w.ask("GET", "/v1/me", "", bearing("a.down.c")...)); r.at("code") != "issuer_unreachable" || r.Header.Get("Retry-After") == "" {
		t.Errorf("down: %s", r.text)
	}
	if r := w.want(http.StatusUnauthorized, w.ask("GET", "/v1/me", "", bearing("a.odd.c")...)); r.at("code") != "token_claim_unfit" || r.at("claim") != "sub" || r.Header.Get("WWW-Authenticate") == "" {
		t.Errorf("odd: %s", r.text)
	}
	w.want(http.StatusInternalServerError, w.ask("GET", "/v1/me", "", bearing("a.fault.c")...))
	for range 9 { // and the one whose claim is odd
		w.ask("GET", "/v1/me", "", bearing("a.nobody.c")...)
	}
	w.want(http.StatusTooManyRequests, w.ask("GET", "/v1/me", "", bearing("a.nobody.c")...))
	w.want(http.StatusOK, w.ask("GET", "/v1/me", "", grace...))
}

// When a credential was used shows at once where it was used, is kept at the end,
// and a rebuild leaves it as it is.
func TestLastUsed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	used := func() string {
		return w.want(http.StatusOK, w.ask("GET", "/v1/me/tokens", "")).at("credentials", 0, "last_used")
	}
	first := used()
	over, end := context.WithCancel(t.Context())
	end()
	if err := w.KeepUses(over); err != nil {
		t.Fatal(err)
	}
	elsewhere := &httpapi.API{Commands: w.Commands, DB: w.DB, Projectors: w.Projectors, Ready: w.Ready, Log: w.Log}
	w.http = elsewhere.Handler()
	kept := w.ask("GET", "/v1/organizations/{org}/members/ada/tokens", "").at("credentials", 0, "last_used")
	list, _, err := projections.TokensOf(t.Context(), w.DB, w.org, "ada", "", 10)
	if err != nil || len(list) != 1 || list[0].LastUsed == nil {
		t.Fatalf("kept %+v, %v", list, err)
	}
	if first == "null" || kept <= first {
		t.Errorf("used %s, then %s", first, kept)
	}
}
