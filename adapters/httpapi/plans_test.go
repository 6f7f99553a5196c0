package httpapi_test

import (
	"net/http"
	"testing"
)

// On a plan without spaces they cannot be administered, which is told apart from
// a role that does not include it (C0-2); on others their number is limited, also
// for two who create the last one at once (C0-12).
func TestPlans(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/plan", `{"plan":"free"}`))
	for _, ask := range [][3]string{
		{"GET", "/v1/organizations/{org}/spaces", ""},
		{"GET", "/v1/organizations/{org}/spaces/{space}", ""},
		{"POST", "/v1/organizations/{org}/spaces", `{"name":"Hamburg"}`},
		{"PUT", "/v1/organizations/{org}/spaces/{space}/users/kit", `{"role":"agent"}`},
	} {
		if got := w.want(http.StatusPaymentRequired, w.ask(ask[0], ask[1], ask[2])); got.at("code") != "plan_without_spaces" {
			t.Errorf("%s %s: %s", ask[0], ask[1], got.text)
		}
	}
	w.want(http.StatusOK, w.ask("GET", "/v1/spaces/{space}/contacts", "")) // what is there stays

	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/plan", `{"plan":"legacy_pro"}`))
	for _, name := range []string{"b", "c", "d"} {
		w.newSpace(w.org, name)
	}
	made := make(chan int, 8)
	for _, name := range []string{"e", "f", "g", "h", "i", "j", "k", "l"} {
		go func() {
			made <- w.askIn(t.Context(), "POST", "/v1/organizations/{org}/spaces", `{"name":"`+name+`"}`).StatusCode
		}()
	}
	created := 0
	for range 8 {
		switch status := <-made; status {
		case http.StatusCreated:
			created++
		case http.StatusPaymentRequired, http.StatusConflict:
		default:
			t.Errorf("answered %d", status)
		}
	}
	if created != 1 {
		t.Errorf("%d spaces were created where one was allowed", created)
	}
}
