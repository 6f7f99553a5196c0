package httpapi_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// Billing sums the people of all spaces, the same one of two spaces twice, and keeps
// what a deleted space was billed for (C1-8).
func TestUsage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	month := time.Now().UTC().Format("2006-01")
	path := "/v1/organizations/{org}/usage?from=" + month + "&until=" + month
	if none := w.want(http.StatusOK, w.ask("GET", path, "")); none.at("months") != "[]" {
		t.Errorf("of nobody it is %s", none.text)
	}
	ada := w.contact(`{"email":"ada@example.org"}`)
	eve := w.contact(`{"email":"eve@example.org"}`)
	w.merge(ada, eve)
	munich := w.newSpace(w.org, "Munich")
	w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/"+string(munich)+"/contacts", `{"fields":{"email":"ada@example.org"}}`))
	_, other := w.newOrganization("Others", "oscar")

	check := func(when string, people, peak, spaces int) {
		t.Helper()
		u := w.want(http.StatusOK, w.ask("GET", path, ""))
		got := []string{u.at("months", 0, "month"), u.at("months", 0, "people"), u.at("months", 0, "peak"), u.at("months", 0, "sent"), u.at("months", 1)}
		want := []string{month, fmt.Sprint(people), fmt.Sprint(peak), "0", "nothing"}
		if fmt.Sprint(got) != fmt.Sprint(want) || u.at("months", 0, "spaces", spaces-1) == "nothing" || u.at("months", 0, "spaces", spaces) != "nothing" {
			t.Errorf("%s it is %s, want %v of %d spaces", when, u.text, want, spaces)
		}
	}
	check("with two spaces", 2, 3, 2)
	w.want(http.StatusAccepted, w.ask("DELETE", "/v1/organizations/{org}/spaces/"+string(munich), `{"confirm":"Munich"}`))
	check("after one was deleted", 1, 3, 2)

	w.want(http.StatusNotFound, w.ask("GET", path, "", "Authorization", "Bearer "+other))
	for _, wrong := range []string{"?from=2026-13", "?from=x", "?from=2026-02&until=2026-01", "?from=1900-01"} {
		if refused := w.want(http.StatusUnprocessableEntity, w.ask("GET", "/v1/organizations/{org}/usage"+wrong, "")); refused.at("code") != "months_invalid" {
			t.Errorf("%s: %s", wrong, refused.text)
		}
	}
}
