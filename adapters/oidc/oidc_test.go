package oidc_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"skein/adapters/oidc"
	"skein/commands"
	"skein/domain"
)

// clock is a clock that tests turn on.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time       { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) turn(d time.Duration) { c.ahead.Add(int64(d)) }

func trusting(t *testing.T, p *provider, c oidc.Config) (*oidc.Issuer, *clock, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	var now clock
	c.Issuer, c.Audience, c.Now = p.issuer, audience, now.now
	c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if c.OrganizationClaim == "" {
		c.Organization = "engines"
	}
	i, err := oidc.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return i, &now, &log
}

// A token that the provider issued stands for its subject, also after the provider
// has changed its keys; one that is signed with a key which was withdrawn does not
// for longer than it is remembered.
func TestProvider(t *testing.T) {
	t.Parallel()
	p := start(t)
	i, now, log := trusting(t, p, oidc.Config{})
	first := p.token(t, "ada")
	for range 3 {
		if who, err := i.Who(t.Context(), first); err != nil || who != (commands.Principal{Actor: "ada", Organization: "engines"}) {
			t.Fatalf("ada is %+v, %v", who, err)
		}
	}
	if n := p.asked.Load(); n != 1 {
		t.Errorf("asked for keys %d times", n)
	}
	p.rotate(t)
	if who, err := i.Who(t.Context(), p.token(t, "eve")); err != nil || who.Actor != "eve" {
		t.Errorf("with the new key eve is %+v, %v", who, err)
	}
	p.withdraw()
	if _, err := i.Who(t.Context(), p.token(t, "kit")); err != nil {
		t.Error(err)
	}
	p.rotate(t)
	if _, err := i.Who(t.Context(), p.token(t, "grace")); err != nil { // the set is fetched again
		t.Error(err)
	}
	now.turn(2*time.Minute + time.Second)
	if _, err := i.Who(t.Context(), first); !errors.Is(err, commands.ErrWho) {
		t.Errorf("with a withdrawn key: %v", err)
	}
	if log.Len() > 0 {
		t.Errorf("logged %s", log)
	}
}

// Nothing but a token that the provider signed for us, and that is valid now,
// stands for anybody (OWASP API2, RFC 8725).
func TestRefused(t *testing.T) {
	t.Parallel()
	p, others := start(t), start(t)
	i, now, log := trusting(t, p, oidc.Config{})
	if _, err := i.Who(t.Context(), p.token(t, "ada")); err != nil {
		t.Fatal(err)
	}
	rs256 := func(k key) jose.SigningKey { return jose.SigningKey{Algorithm: jose.RS256, Key: k.private} }
	public, err := x509.MarshalPKIXPublicKey(&p.signing().private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	inPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	own, kid := p.signing(), p.signing().id
	good := sign(t, rs256(own), kid, p.claims(nil))
	if _, err := i.Who(t.Context(), good); err != nil {
		t.Fatalf("the good one: %v", err)
	}
	head, body, tail := cut(good)
	hour := func(n int) int64 { return time.Now().Add(time.Duration(n) * time.Hour).Unix() }
	for name, token := range map[string]string{
		"another audience":              sign(t, rs256(own), kid, p.claims(map[string]any{"aud": "https://other.example.org"})),
		"no audience":                   sign(t, rs256(own), kid, p.claims(map[string]any{"aud": nil})),
		"expired":                       sign(t, rs256(own), kid, p.claims(map[string]any{"exp": hour(-1)})),
		"no expiry":                     sign(t, rs256(own), kid, p.claims(map[string]any{"exp": nil})),
		"not yet valid":                 sign(t, rs256(own), kid, p.claims(map[string]any{"nbf": hour(1)})),
		"another issuer":                sign(t, rs256(own), kid, p.claims(map[string]any{"iss": others.issuer})),
		"no issuer":                     sign(t, rs256(own), kid, p.claims(map[string]any{"iss": nil})),
		"another provider's":            others.token(t, "ada"),
		"an unknown key":                sign(t, jose.SigningKey{Algorithm: jose.RS256, Key: stranger}, "nobody's", p.claims(nil)),
		"another key of the same name":  sign(t, jose.SigningKey{Algorithm: jose.RS256, Key: stranger}, kid, p.claims(nil)),
		"another kind of key":           sign(t, jose.SigningKey{Algorithm: jose.ES256, Key: curve}, kid, p.claims(nil)),
		"HS256 with the public key":     sign(t, jose.SigningKey{Algorithm: jose.HS256, Key: inPEM}, kid, p.claims(nil)),
		"HS256 with the public key DER": sign(t, jose.SigningKey{Algorithm: jose.HS256, Key: public}, kid, p.claims(nil)),
		"no algorithm":                  encoded(t, map[string]any{"alg": "none", "kid": kid}) + "." + body + ".",
		"No algorithm":                  encoded(t, map[string]any{"alg": "NoNe"}) + "." + body + "." + tail,
		"no signature":                  head + "." + body + ".",
		"another body":                  head + "." + encoded(t, p.claims(map[string]any{"sub": "eve"})) + "." + tail,
		"a key of its own": encoded(t, map[string]any{"alg": "RS256", "jwk": jose.JSONWebKey{Key: &stranger.PublicKey}}) + "." +
			strings.SplitN(sign(t, jose.SigningKey{Algorithm: jose.RS256, Key: stranger}, kid, p.claims(nil)), ".", 2)[1],
		"an unknown critical header": encoded(t, map[string]any{"alg": "RS256", "kid": kid, "crit": []string{"x"}, "x": 1}) + "." + body + "." + tail,
		"too long":                   good + strings.Repeat("A", 16<<10),
		"nothing":                    "..",
		"no JSON":                    "a.b.c",
	} {
		if who, err := i.Who(t.Context(), token); !errors.Is(err, commands.ErrWho) || who != (commands.Principal{}) {
			t.Errorf("%s: %+v, %v", name, who, err)
		}
	}
	now.turn(time.Hour + time.Second)
	if _, err := i.Who(t.Context(), good); !errors.Is(err, commands.ErrWho) {
		t.Errorf("an hour later the good one: %v", err)
	}
	if log.Len() > 0 {
		t.Errorf("logged %s", log)
	}
}

func cut(token string) (head, body, tail string) {
	parts := strings.Split(token, ".")
	return parts[0], parts[1], parts[2]
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// Other claims can name user and organization. One that names nobody there could
// be is named, and not told.
func TestClaims(t *testing.T) {
	t.Parallel()
	p := start(t)
	i, _, _ := trusting(t, p, oidc.Config{UserClaim: "handle", OrganizationClaim: "tenant"})
	if who, err := i.Who(t.Context(), p.token(t, "ada")); err != nil || who != (commands.Principal{Actor: "ada-handle", Organization: tenant}) {
		t.Errorf("ada is %+v, %v", who, err)
	}
	for claim, c := range map[string]oidc.Config{
		"sub":     {},                                              // an address
		"number":  {UserClaim: "number"},                           // no text
		"missing": {UserClaim: "missing"},                          // none
		"handle":  {UserClaim: "jti", OrganizationClaim: "handle"}, // no organization
		"absent":  {UserClaim: "jti", OrganizationClaim: "absent"}, // none
	} {
		i, _, log := trusting(t, p, c)
		_, err := i.Who(t.Context(), p.token(t, "ada@example.org"))
		var refused *domain.Refusal
		if !errors.As(err, &refused) || refused.Code != "token_claim_unfit" || refused.Names["claim"] != claim || strings.Contains(err.Error(), "example.org") || log.Len() > 0 {
			t.Errorf("%s: %v, logged %s", claim, err, log)
		}
	}
}

// A provider that is down hinders nobody for long: whoever comes while it is, is
// told so at once, and it is asked again soon, but not by everybody.
func TestDownThenUp(t *testing.T) {
	t.Parallel()
	p := start(t)
	ada := p.token(t, "ada")
	i, now, log := trusting(t, p, oidc.Config{})
	p.down.Store(true)
	for range 3 {
		if _, err := i.Who(t.Context(), ada); !errors.Is(err, oidc.ErrUnreachable) {
			t.Fatalf("while it is down: %v", err)
		}
	}
	if n := p.sought.Load(); n != 1 {
		t.Errorf("asked %d times at once", n)
	}
	p.down.Store(false)
	now.turn(time.Second)
	if _, err := i.Who(t.Context(), ada); err != nil {
		t.Errorf("when it is up again: %v", err)
	}
	p.down.Store(true)
	p.rotate(t)
	unknown := sign(t, jose.SigningKey{Algorithm: jose.RS256, Key: p.signing().private}, p.signing().id, p.claims(nil))
	if _, err := i.Who(t.Context(), unknown); !errors.Is(err, oidc.ErrUnreachable) {
		t.Errorf("with a new key while it is down: %v", err)
	}
	if _, err := i.Who(t.Context(), ada); err != nil {
		t.Errorf("with a known key while it is down: %v", err)
	}
	p.down.Store(false)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := i.Who(t.Context(), unknown); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if said := log.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, "cannot be asked for its keys") || strings.Contains(said, ada) {
		t.Errorf("logged %s", said)
	}
}

// Nobody but the issuer itself is asked, and only where nobody else can answer.
func TestWhereItIsReached(t *testing.T) {
	t.Parallel()
	for issuer, right := range map[string]bool{
		"https://login.example.org": true, "https://login.example.org/realms/x": true, "http://127.0.0.1:8080": true, "http://[::1]": true, "http://localhost:1": true,
		"http://login.example.org": false, "http://127.0.0.1.example.org": false, "ftp://localhost": false, "login.example.org": false, "": false,
		"https://u:p@login.example.org": false, "https://login.example.org?x=1": false, "https://login.example.org#x": false,
	} {
		if _, err := oidc.New(oidc.Config{Issuer: issuer, Audience: audience, Organization: "engines"}); (err == nil) != right {
			t.Errorf("%q: %v", issuer, err)
		}
	}
	if _, err := oidc.New(oidc.Config{Issuer: "https://login.example.org", Organization: "engines"}); err == nil {
		t.Error("an issuer without an audience is taken")
	}

	p := start(t)
	ada := p.token(t, "ada")
	for said, lie := range map[string]string{
		"match":      `{"issuer":"https://login.example.org","jwks_uri":"` + p.issuer + `/keys"}`,
		"over https": `{"issuer":"ISSUER","jwks_uri":"http://192.0.2.1/keys"}`,
		"decode":     `<html>`,
	} {
		var liar *httptest.Server
		liar = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(strings.Replace(lie, "ISSUER", liar.URL, 1)))
		}))
		defer liar.Close()
		i, _, log := trusting(t, &provider{issuer: liar.URL}, oidc.Config{})
		if _, err := i.Who(t.Context(), ada); !errors.Is(err, oidc.ErrUnreachable) || !strings.Contains(log.String(), said) {
			t.Errorf("%s: %v, logged %s", lie, err, log)
		}
	}

	var elsewhere *httptest.Server
	elsewhere = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/there" {
			http.Redirect(w, r, "/there", http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"issuer":"` + elsewhere.URL + `","jwks_uri":"` + p.issuer + `/keys"}`))
	}))
	defer elsewhere.Close()
	i, _, _ := trusting(t, &provider{issuer: elsewhere.URL}, oidc.Config{})
	theirs := sign(t, jose.SigningKey{Algorithm: jose.RS256, Key: p.signing().private}, p.signing().id, p.claims(map[string]any{"iss": elsewhere.URL}))
	if _, err := i.Who(t.Context(), theirs); !errors.Is(err, oidc.ErrUnreachable) {
		t.Errorf("sent elsewhere: %v", err)
	}
}
