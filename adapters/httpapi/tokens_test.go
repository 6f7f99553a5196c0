package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
)

// A plain member issues, lists, rotates and revokes tokens of their own; those of
// others are unknown to them.
func TestMyTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/members/grace", `{"role":"member"}`))
	grace := bearing(w.tokenOf("grace"))
	laptop := w.want(http.StatusCreated, w.ask("POST", "/v1/me/tokens", `{"label":"laptop"}`, grace...))
	w.want(http.StatusOK, w.ask("GET", "/v1/me", "", bearing(laptop.at("token"))...))
	mine := w.want(http.StatusOK, w.ask("GET", "/v1/me/tokens", "", grace...))
	theirs := w.want(http.StatusOK, w.ask("GET", "/v1/organizations/{org}/members/grace/tokens", ""))
	if strings.Count(mine.text, `"id"`) != 2 || mine.at("credentials", 1, "label") != "laptop" || theirs.text != mine.text {
		t.Errorf("grace sees %s, ada sees %s", mine.text, theirs.text)
	}
	const path = "/v1/me/tokens/"
	id := laptop.at("id")
	again := w.want(http.StatusOK, w.ask("POST", path+id+"/rotate", `{"overlap_seconds":0}`, grace...))
	w.want(http.StatusUnauthorized, w.ask("GET", "/v1/me", "", bearing(laptop.at("token"))...))
	for _, ask := range []reply{
		w.ask("POST", path+id+"/rotate", `{}`), w.ask("DELETE", path+id, ""), // ada's are others
		w.ask("POST", path+newID()+"/rotate", `{}`, grace...), w.ask("DELETE", path+"x", "", grace...),
	} {
		if w.want(http.StatusNotFound, ask); ask.at("code") != "credential_unknown" {
			t.Errorf("somebody else's: %s", ask.text)
		}
	}
	for range 2 {
		w.want(http.StatusNoContent, w.ask("DELETE", path+id, "", grace...))
		w.want(http.StatusUnauthorized, w.ask("GET", "/v1/me", "", bearing(again.at("token"))...))
	}
	for _, elsewhere := range []string{"/v1/organizations/{org}/members/grace/tokens", "/v1/organizations/{org}/members/credential:x/tokens"} {
		w.want(http.StatusForbidden, w.ask("GET", elsewhere, "", grace...))
	}
	w.want(http.StatusUnprocessableEntity, w.ask("GET", "/v1/organizations/{org}/members/credential:x/tokens", ""))
}

// Somebody who was let out of everything issues no tokens any more, and a user_admin
// does not touch the credentials of spaces.
func TestTokensOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/spaces/{space}/users/grace", `{"role":"agent"}`))
	grace := bearing(w.tokenOf("grace"))
	w.want(http.StatusCreated, w.ask("POST", "/v1/me/tokens", `{}`, grace...))
	w.want(http.StatusNoContent, w.ask("DELETE", "/v1/organizations/{org}/spaces/{space}/users/grace", ""))
	w.want(http.StatusForbidden, w.ask("POST", "/v1/me/tokens", `{}`, grace...))

	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/members/una", `{"role":"user_admin"}`))
	shop := w.credential("{space}", agent)
	w.want(http.StatusNotFound, w.ask("DELETE", "/v1/organizations/{org}/tokens/"+shop.at("id"), "", bearing(w.tokenOf("una"))...))
	w.want(http.StatusOK, w.ask("GET", "/v1/me", "", bearing(shop.at("token"))...))
}
