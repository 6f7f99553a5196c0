package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"skein/domain"
)

func bearing(token string) []string { return []string{"Authorization", "Bearer " + token} }

// A space's own credential opens that space and nothing else: what is another
// space's, even of the same organization, or the organization's, it is answered
// byte for byte like what does not exist (C1-4).
func TestForeignCredential(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	berlin, hamburg := w.space, w.newSpace(w.org, "Hamburg")
	w.follow()
	const nobody = "0199dead-0000-7000-8000-000000000000"
	for _, role := range []string{owner, manager, agent} {
		shown := append(bearing(w.credential(string(hamburg), role).at("token")), "X-Request-Id", "r1")
		for _, o := range operations(t, w) {
			if strings.HasPrefix(o.path, "/v1/me") || o.id == "foundOrganization" || !strings.HasPrefix(o.path, "/v1/") {
				continue
			}
			headers := shown
			if o.id == "importContacts" {
				headers = append(slices.Clip(headers), "Content-Type", "text/csv")
			}
			path := strings.NewReplacer("{user}", "kit", "{module}", "white_label", "{contact}", newID(), "{inbox}", newID(),
				"{token}", newID(), "{credential}", newID(), "{mailbox}", newID()).Replace(o.path)
			ask := func(org, space string) reply {
				return w.ask(o.method, strings.NewReplacer("{organization}", org, "{space}", space).Replace(path), rights[o.id].body, headers...)
			}
			before := w.deeds()
			got, unknown := ask(string(w.org), string(berlin)), ask(nobody, nobody)
			if got.StatusCode != http.StatusNotFound || got.text != unknown.text || w.deeds() != before {
				t.Errorf("%s as %s of another space: %d %s, but unknown: %d %s", o.id, role, got.StatusCode, got.text, unknown.StatusCode, unknown.text)
			}
		}
	}
}

// What a credential does is recorded as done by it, in the role it has; it knows
// who it is, and can rotate and revoke itself.
func TestCredentialOfSpace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.credential("{space}", manager)
	shop := bearing(made.at("token"))
	w.want(http.StatusCreated, w.ask("POST", "/v1/spaces/{space}/contacts", `{"fields":{"first_name":"Ada"}}`, shop...))
	all := w.journal.All(0)
	if by := all[len(all)-1].By.Actor; by != domain.Actor("credential:"+made.at("id")) {
		t.Errorf("recorded by %s", by)
	}
	me := w.want(http.StatusOK, w.ask("GET", "/v1/me", "", shop...))
	if me.at("actor") != "credential:"+made.at("id") || me.at("role") != "null" || me.at("spaces", 0, "role") != manager || me.at("spaces", 0, "name") != "Berlin" || me.at("spaces", 1) != "nothing" {
		t.Errorf("is %s", me.text)
	}
	w.want(http.StatusForbidden, w.ask("POST", "/v1/me/tokens", `{}`, shop...))
	mine := w.want(http.StatusOK, w.ask("GET", "/v1/me/tokens", "", shop...))
	if mine.at("credentials", 0, "id") != made.at("id") || mine.at("credentials", 1) != "nothing" {
		t.Errorf("finds %s", mine.text)
	}
	again := w.want(http.StatusOK, w.ask("POST", "/v1/me/tokens/"+made.at("id")+"/rotate", `{}`, shop...))
	w.want(http.StatusUnauthorized, w.ask("GET", "/v1/me", "", shop...))
	shop = bearing(again.at("token"))
	w.want(http.StatusNoContent, w.ask("DELETE", "/v1/me/tokens/"+made.at("id"), "", shop...))
	w.want(http.StatusUnauthorized, w.ask("GET", "/v1/me", "", shop...))
}

// A credential that is rotated has two secrets until the overlap is over, and one
// afterwards; an earlier one ends at once.
func TestRotateCredential(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	now := w.turnClock()
	made := w.credential("{space}", agent)
	path := "/v1/spaces/{space}/credentials/" + made.at("id")
	first := bearing(made.at("token"))
	second := bearing(w.want(http.StatusOK, w.ask("POST", path+"/rotate", `{"overlap_seconds":3600}`)).at("token"))
	now(3599 * time.Second)
	w.want(http.StatusOK, w.ask("GET", "/v1/me", "", first...))
	w.want(http.StatusOK, w.ask("GET", "/v1/me", "", second...))
	now(time.Second)
	w.want(http.StatusUnauthorized, w.ask("GET", "/v1/me", "", first...))
	w.want(http.StatusOK, w.ask("GET", "/v1/me", "", second...))

	third := bearing(w.want(http.StatusOK, w.ask("POST", path+"/rotate", `{"overlap_seconds":604800}`)).at("token"))
	fourth := bearing(w.want(http.StatusOK, w.ask("POST", path+"/rotate", `{"overlap_seconds":604800}`)).at("token"))
	w.want(http.StatusUnauthorized, w.ask("GET", "/v1/me", "", second...))
	w.want(http.StatusOK, w.ask("GET", "/v1/me", "", third...))
	w.want(http.StatusNoContent, w.ask("DELETE", path, ""))
	for _, ended := range [][]string{first, second, third, fourth} {
		w.want(http.StatusUnauthorized, w.ask("GET", "/v1/me", "", ended...))
	}
	if r := w.want(http.StatusConflict, w.ask("POST", path+"/rotate", `{}`)); r.at("code") != "credential_revoked" {
		t.Errorf("a revoked one: %s", r.text)
	}
	for _, overlap := range []string{"-1", "604801", "1.5", `"1"`} {
		w.want(http.StatusUnprocessableEntity, w.ask("POST", path+"/rotate", `{"overlap_seconds":`+overlap+`}`))
	}
}

// A credential ends when it expires, and issues nothing like itself that lasts
// longer.
func TestExpiry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	now := w.turnClock()
	in := func(d time.Duration) string { return w.Commands.Now().Add(d).UTC().Format(time.RFC3339) }
	hour, day := in(time.Hour), in(24*time.Hour)
	const credentials, tokens = "/v1/spaces/{space}/credentials", "/v1/organizations/{org}/members/grace/tokens"
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/members/grace", `{"role":"member"}`))
	shop := bearing(w.want(http.StatusCreated, w.ask("POST", credentials, `{"label":"shop","role":"owner","expires":"`+hour+`"}`)).at("token"))
	grace := bearing(w.want(http.StatusCreated, w.ask("POST", tokens, `{"expires":"`+hour+`"}`)).at("token"))
	for _, late := range []string{`,"expires":"` + day + `"`, ""} {
		for _, r := range []reply{
			w.ask("POST", credentials, `{"label":"more","role":"agent"`+late+`}`, shop...),
			w.ask("POST", "/v1/me/tokens", `{"label":"more"`+late+`}`, grace...),
		} {
			if w.want(http.StatusUnprocessableEntity, r); r.at("code") != "expiry_too_late" || r.at("pointer") != "/expires" {
				t.Errorf("something that lasts longer: %s", r.text)
			}
		}
	}
	more := bearing(w.want(http.StatusCreated, w.ask("POST", "/v1/me/tokens", `{"expires":"`+hour+`"}`, grace...)).at("token"))
	w.want(http.StatusCreated, w.ask("POST", credentials, `{"label":"more","role":"agent","expires":"`+hour+`"}`, shop...))
	now(time.Hour - 2*time.Second)
	for _, shown := range [][]string{shop, grace, more} {
		w.want(http.StatusOK, w.ask("GET", "/v1/me", "", shown...))
	}
	now(2 * time.Second)
	for _, shown := range [][]string{shop, grace, more} {
		w.want(http.StatusUnauthorized, w.ask("GET", "/v1/me", "", shown...))
	}
	if r := w.want(http.StatusUnprocessableEntity, w.ask("POST", tokens, `{"expires":"`+hour+`"}`)); r.at("code") != "expiry_past" {
		t.Errorf("in the past: %s", r.text)
	}
}

// Lists show how a token begins, what it is for and when it was used last, page by
// page, and nothing of its secret.
func TestListCredentials(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	now := w.turnClock()
	const credentials = "/v1/spaces/{space}/credentials"
	var secrets, ids []string
	for range 5 {
		made := w.credential("{space}", agent)
		secrets, ids = append(secrets, made.at("token")), append(ids, made.at("id"))
	}
	hamburg := w.newSpace(w.org, "Hamburg")
	w.credential(string(hamburg), agent)
	w.want(http.StatusNoContent, w.ask("DELETE", credentials+"/"+strings.ReplaceAll(ids[4], "-", ""), "")) // as it stands in the token
	w.want(http.StatusOK, w.ask("POST", credentials+"/"+ids[3]+"/rotate", `{"overlap_seconds":60}`))
	w.want(http.StatusOK, w.ask("GET", "/v1/me", "", bearing(secrets[0])...))
	used := w.Commands.Now().UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)
	now(time.Minute)

	slices.Sort(ids)
	var seen []string
	page := w.want(http.StatusOK, w.ask("GET", credentials+"?limit=2", ""))
	for next := page; ; next = w.want(http.StatusOK, w.ask("GET", credentials+"?limit=2&cursor="+next.at("next"), "")) {
		for _, c := range next.json["credentials"].([]any) {
			seen = append(seen, c.(map[string]any)["id"].(string))
		}
		for _, secret := range secrets {
			if strings.Contains(next.text, secret[37:]) || strings.Contains(next.text, "hash") {
				t.Errorf("shows a secret: %s", next.text)
			}
		}
		if next.at("next") == "null" {
			break
		}
	}
	if !slices.Equal(seen, ids) {
		t.Errorf("lists %v, want %v", seen, ids)
	}
	whole := w.want(http.StatusOK, w.ask("GET", credentials, ""))
	at := func(id, key string) string { return whole.at("credentials", slices.Index(ids, id), key) }
	first := "0" + strings.TrimPrefix(secrets[0], "skn_0")
	id := first[:8] + "-" + first[8:12] + "-" + first[12:16] + "-" + first[16:20] + "-" + first[20:32]
	if at(id, "last_used") != used || at(id, "prefix") != secrets[0][:36] || at(id, "role") != agent || at(id, "label") != agent || at(id, "expires") != "null" {
		t.Errorf("the one that was used: %s", whole.text)
	}
	if n := strings.Count(whole.text, `"last_used"`); n != 1 {
		t.Errorf("%d were used: %s", n, whole.text)
	}
	if strings.Count(whole.text, `"revoked"`) != 1 || strings.Count(whole.text, `"old_until"`) != 1 {
		t.Errorf("one was revoked, one rotated: %s", whole.text)
	}
	if r := w.want(http.StatusUnprocessableEntity, w.ask("GET", "/v1/spaces/"+string(hamburg)+"/credentials?cursor="+page.at("next"), "")); r.at("code") != "cursor_invalid" {
		t.Errorf("with the cursor of another list: %s", r.text)
	}
}

// What is another space's credential, or a user's token, is not there for whoever
// manages the credentials of a space, though they know its id (OWASP API1).
func TestCredentialOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hamburg := w.newSpace(w.org, "Hamburg")
	w.follow()
	boss := bearing(w.credential(string(hamburg), owner).at("token"))
	shop := w.credential("{space}", agent)
	for _, id := range []string{shop.at("id"), strings.Split(w.token, "_")[1], newID(), "x"} {
		path := "/v1/spaces/" + string(hamburg) + "/credentials/" + id
		before := w.deeds()
		for _, r := range []reply{w.ask("DELETE", path, "", boss...), w.ask("POST", path+"/rotate", `{}`, boss...)} {
			if w.want(http.StatusNotFound, r); r.at("code") != "credential_unknown" || w.deeds() != before {
				t.Errorf("%s: %s", id, r.text)
			}
		}
	}
	w.want(http.StatusOK, w.ask("GET", "/v1/me", "", bearing(shop.at("token"))...))
}
