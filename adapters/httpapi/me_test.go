package httpapi_test

import (
	"net/http"
	"testing"
)

// Everybody learns which spaces they may enter, and as what (C1-6).
func TestMySpaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.newSpace(w.org, "Hamburg")
	w.newOrganization("Others", "eve")
	grace := w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/spaces/{space}/users/grace", `{"role":"agent"}`))

	ada := w.want(http.StatusOK, w.ask("GET", "/v1/me", ""))
	if ada.at("role") != "organization_admin" || ada.at("spaces", 0, "name") != "Berlin" || ada.at("spaces", 1, "role") != "owner" {
		t.Errorf("ada: %s", ada.text)
	}
	hers := []string{"Authorization", "Bearer " + w.tokenOf("grace"), "Min-Position", grace.Header.Get("Journal-Position")}
	mine := w.want(http.StatusOK, w.ask("GET", "/v1/me", "", hers...))
	if mine.at("role") != "null" || mine.at("spaces", 0, "id") != string(w.space) || mine.at("spaces", 0, "role") != "agent" || mine.at("spaces", 1) != "nothing" {
		t.Errorf("grace: %s", mine.text)
	}
	if kit := w.want(http.StatusOK, w.ask("GET", "/v1/me", "", "Authorization", "Bearer "+w.tokenOf("kit"))); kit.at("spaces") != "[]" {
		t.Errorf("kit: %s", kit.text)
	}
	hers[3] = "999999"
	w.want(http.StatusServiceUnavailable, w.ask("GET", "/v1/me", "", hers...))
}
