package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
)

// No token gets anywhere: neither into the log, however much is logged, nor into
// any file of the data folder, be it right, wrong, in the wrong place or of another
// issuer, which need not be there for those who come with tokens of ours.
func TestTokensAreNowhere(t *testing.T) {
	t.Parallel()
	s := start(t, "", "--log-level", "debug", "--oidc-issuer", "http://127.0.0.1:1", "--oidc-audience", "skein")
	lab := s.space("Lab")
	var secrets []string
	planted := func(token string) string {
		parts := strings.SplitN(token, "_", 3) // the last one is the secret
		secrets = append(secrets, parts[len(parts)-1])
		return token
	}
	type made struct{ ID, Token string }
	var mine, shop, again made
	planted(s.token)
	s.ask(http.MethodPost, "/me/tokens", `{"label":"laptop"}`, &mine)
	s.ask(http.MethodPost, lab+"/credentials", `{"label":"shop","role":"manager"}`, &shop)
	at := s.ask(http.MethodPost, lab+"/credentials/"+shop.ID+"/rotate", `{"overlap_seconds":60}`, &again)
	admin := s.token
	for _, token := range []string{planted(mine.Token), planted(shop.Token), planted(again.Token)} {
		s.token = token
		if status, _, text := s.send(http.MethodGet, "/me", "", nil, at); status != http.StatusOK {
			t.Errorf("%d %s", status, text)
		}
		for _, odd := range []string{"/me?token=" + token, "/spaces/" + token + "/contacts", "/nowhere/" + token} {
			s.send(http.MethodGet, odd, "", nil, "")
		}
		s.send(http.MethodPost, lab+"/contacts", "application/json", strings.NewReader(fmt.Sprintf(`{"token":%q}`, token)), "")
	}
	part := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","sub":"planted in a token of another issuer"}`))
	s.token = planted("e30." + part + "." + part)
	if status, _, text := s.send(http.MethodGet, "/me", "", nil, ""); status != http.StatusServiceUnavailable || !bytes.Contains(text, []byte("issuer_unreachable")) {
		t.Errorf("while the issuer is down: %d %s", status, text)
	}
	s.token = planted("skn_" + strings.Repeat("0", 32) + "_planted-and-wrong-0123456789")
	s.send(http.MethodGet, "/me", "", nil, "")
	s.token = planted("skn_planted-and-without-form-0123456789")
	s.send(http.MethodGet, "/me", "", nil, "")
	s.stop(syscall.SIGTERM)

	welcome := "Administrator token, shown only now: " + admin + "\n"
	said := strings.Replace(s.said.String(), welcome, "", 1)
	for _, secret := range secrets {
		if len(secret) < 20 || strings.Contains(said, secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
	for _, file := range files(t, s.data) {
		content, err := os.ReadFile(file)
		if err != nil {
			continue // of the database, and gone
		}
		for _, secret := range secrets {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%q is in %s", secret, file)
			}
		}
	}

	// When they were used was kept at the end.
	later := start(t, s.data)
	later.token = admin
	var list struct {
		Credentials []struct {
			LastUsed string `json:"last_used"`
		}
	}
	later.see(lab+"/credentials", at, &list)
	if len(list.Credentials) != 1 || list.Credentials[0].LastUsed == "" {
		t.Errorf("lists %+v", list)
	}
}

// An issuer is named whole, or not at all, and a limit is one.
func TestSettingsRefused(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"SKEIN_OIDC_AUDIENCE": {"--oidc-issuer", "https://login.example.org"},
		"SKEIN_OIDC_ISSUER":   {"--oidc-audience", "skein"},
		"SKEIN_RATE_LIMIT":    {"--rate-limit=-1"},
		"https":               {"--oidc-issuer", "http://login.example.org", "--oidc-audience", "skein"},
	} {
		var out bytes.Buffer
		err := run(t.Context(), append([]string{"serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0"}, args...), &out, &out)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", args, err)
		}
	}
}
