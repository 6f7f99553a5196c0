package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"skein/adapters/httpapi"
	"skein/domain/invitation"
)

const foundPath = "/v1/organizations"

// invitation makes an invitation that is good for a day.
func (w *world) invitation() string {
	w.t.Helper()
	id := invitation.ID(newID())
	code, hash := httpapi.NewInvitation(id)
	now := w.Commands.Now()
	if _, err := w.Commands.Invitation(w.t.Context(), system, id, invitation.Issue{Hash: hash, Expires: now.Add(24 * time.Hour), At: now}); err != nil {
		w.t.Fatal(err)
	}
	return code
}

// An invitation founds one organization, which its first administrator administers at
// once, and which has nothing to do with any other one.
func TestFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := fmt.Sprintf(`{"invitation":%q,"name":"Engines","user":"lady"}`, w.invitation())
	key := []string{"Authorization", "", "Idempotency-Key", "k"}
	first := w.want(http.StatusCreated, w.ask("POST", foundPath, body, key...))
	again := w.want(http.StatusCreated, w.ask("POST", foundPath, body, key...))
	if again.text != first.text || again.Header.Get("Journal-Position") != first.Header.Get("Journal-Position") {
		t.Errorf("again: %s instead of %s", again.text, first.text)
	}
	if r := w.want(http.StatusConflict, w.ask("POST", foundPath, body, "Authorization", "")); r.at("code") != "invitation_accepted" {
		t.Errorf("a second time: %s", r.text)
	}
	if strings.Contains(w.log.String(), "skn_") {
		t.Errorf("logged: %s", &w.log)
	}
	lady, own := bearing(first.at("token")), first.Header.Get("Location")
	if own != foundPath+"/"+first.at("organization") || first.at("user") != "lady" {
		t.Errorf("founded %s at %s", first.text, own)
	}
	w.want(http.StatusCreated, w.ask("POST", own+"/spaces", `{"name":"Berlin"}`, lady...))
	w.want(http.StatusNotFound, w.ask("GET", "/v1/organizations/{org}", "", lady...))
	if log := w.want(http.StatusOK, w.ask("GET", own+"/audit?action=foundOrganization", "", lady...)); !strings.HasPrefix(log.at("entries", 0, "actor"), "invitation:") || log.at("entries", 1) != "nothing" {
		t.Errorf("its log says %s", log.text)
	}
	if r := w.want(http.StatusCreated, w.ask("POST", foundPath, fmt.Sprintf(`{"invitation":%q,"name":"Engines"}`, w.invitation()), key...)); len(r.at("user")) != 36 || r.at("organization") == first.at("organization") {
		t.Errorf("without a user, under the key of another sender: %s", r.text)
	}
}

// A wrong code is answered as one of an invitation that is not there, and an address
// that tries out codes is not listened to for a while. A code is no token.
func TestFoundGuesses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.address = "192.0.2.9:1"
	code := w.invitation()
	other, _ := httpapi.NewInvitation(invitation.ID(newID()))
	w.want(http.StatusUnauthorized, w.ask("GET", "/v1/me", "", bearing(code)...))
	var answers []string
	for _, guess := range []string{code[:len(code)-1] + "!", other, "x", "", code[:40], w.token, other, other, other, other, code} {
		r := w.ask("POST", foundPath, fmt.Sprintf(`{"invitation":%q,"name":"Engines"}`, guess), "Authorization", "", "X-Request-Id", "r")
		answers = append(answers, r.text)
		if answers[0] != r.text && guess != code {
			t.Errorf("%q is answered otherwise: %s", guess, r.text)
		}
	}
	if last := answers[len(answers)-1]; !strings.Contains(answers[0], "invitation_unknown") || !strings.Contains(last, "rate_limited") {
		t.Errorf("first %s, last %s", answers[0], last)
	}
	w.address = "192.0.2.10:1"
	w.want(http.StatusCreated, w.ask("POST", foundPath, fmt.Sprintf(`{"invitation":%q,"name":"Engines"}`, code), "Authorization", ""))
}

// What has expired is gone, and what is refused for another reason uses nothing up.
func TestFoundRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	turn := w.turnClock()
	code := w.invitation()
	for want, body := range map[string]string{
		"organization_name_missing": `{"invitation":"%s","name":" "}`,
		"user_invalid":              `{"invitation":"%s","name":"Engines","user":"ada@example.org"}`,
	} {
		if r := w.want(http.StatusUnprocessableEntity, w.ask("POST", foundPath, fmt.Sprintf(body, code), "Authorization", "")); r.at("code") != want {
			t.Errorf("%s: %s", want, r.text)
		}
	}
	turn(25 * time.Hour)
	if r := w.want(http.StatusGone, w.ask("POST", foundPath, fmt.Sprintf(`{"invitation":%q,"name":"Engines"}`, code), "Authorization", "")); r.at("code") != "invitation_expired" {
		t.Errorf("expired: %s", r.text)
	}
}
