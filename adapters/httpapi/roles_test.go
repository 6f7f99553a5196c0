package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
)

// A role that is taken away is gone with the next request (D5-3).
func TestRoleTakenAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/spaces/{space}/users/grace", `{"role":"manager"}`))
	grace := []string{"Authorization", "Bearer " + w.tokenOf("grace")}
	w.want(http.StatusOK, w.ask("GET", "/v1/spaces/{space}/contacts", "", grace...))
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/spaces/{space}/users/grace", `{"role":"agent"}`))
	w.want(http.StatusForbidden, w.ask("GET", "/v1/spaces/{space}/contacts", "", grace...))
	w.want(http.StatusNoContent, w.ask("DELETE", "/v1/organizations/{org}/spaces/{space}/users/grace", ""))
	w.want(http.StatusNotFound, w.ask("GET", "/v1/spaces/{space}/contacts", "", grace...))
}

// Nobody makes themselves an organization_admin, nor gets the token of one.
func TestNobodyRises(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/members/una", `{"role":"user_admin"}`))
	una := []string{"Authorization", "Bearer " + w.tokenOf("una")}
	w.want(http.StatusForbidden, w.ask("PUT", "/v1/organizations/{org}/members/una", `{"role":"organization_admin"}`, una...))
	w.want(http.StatusForbidden, w.ask("PUT", "/v1/organizations/{org}/members/ada", `{"role":"member"}`, una...))
	w.want(http.StatusForbidden, w.ask("DELETE", "/v1/organizations/{org}/members/ada", "", una...))
	w.want(http.StatusForbidden, w.ask("POST", "/v1/organizations/{org}/members/ada/tokens", `{}`, una...))
	w.want(http.StatusConflict, w.ask("DELETE", "/v1/organizations/{org}/members/ada", ""))
}

// A token that was revoked opens nothing any more. Only those above its holder
// revoke it, and nobody of another organization learns that it is there.
func TestRevokeToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const tokens = "/v1/organizations/{org}/tokens/"
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/members/una", `{"role":"user_admin"}`))
	una := []string{"Authorization", "Bearer " + w.tokenOf("una")}
	_, others := w.newOrganization("Others", "eve")

	stolen := w.want(http.StatusCreated, w.ask("POST", "/v1/organizations/{org}/members/ada/tokens", `{}`))
	ada := []string{"Authorization", "Bearer " + stolen.at("token")}
	w.want(http.StatusForbidden, w.ask("DELETE", tokens+stolen.at("id"), "", una...))
	eve := w.ask("DELETE", tokens+stolen.at("id"), "", "Authorization", "Bearer "+others)
	if eve.StatusCode != http.StatusNotFound {
		t.Errorf("another organization's: %d %s", eve.StatusCode, eve.text)
	}
	for _, unknown := range []string{newID(), "x", strings.TrimPrefix(strings.Split(others, "_")[1], "skn_")} {
		if r := w.want(http.StatusNotFound, w.ask("DELETE", tokens+unknown, "")); r.at("code") != "credential_unknown" {
			t.Errorf("%s: %s", unknown, r.text)
		}
	}
	w.want(http.StatusOK, w.ask("GET", "/v1/me", "", ada...))
	for range 2 {
		w.want(http.StatusNoContent, w.ask("DELETE", tokens+stolen.at("id"), ""))
		w.want(http.StatusUnauthorized, w.ask("GET", "/v1/me", "", ada...))
	}
	w.want(http.StatusNoContent, w.ask("DELETE", tokens+strings.Split(una[1], "_")[1], "")) // as it stands in the token
	w.want(http.StatusUnauthorized, w.ask("GET", "/v1/me", "", una...))
}

// tokenOf issues a token for a user.
func (w *world) tokenOf(user string) string {
	w.t.Helper()
	return w.want(http.StatusCreated, w.ask("POST", "/v1/organizations/{org}/members/"+user+"/tokens", `{}`)).at("token")
}

// credential issues a credential of a space.
func (w *world) credential(in, role string) reply {
	w.t.Helper()
	return w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/"+in+"/credentials", `{"label":"`+role+`","role":"`+role+`"}`))
}
