package oidc_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/example/server/storage"
	zitadel "github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// provider is Zitadel's OpenID provider, certified by the OpenID Foundation, with
// programs as its users: ada, and one whose name is an address.
type provider struct {
	*storage.Storage
	issuer string
	down   atomic.Bool
	sought atomic.Int64 // how often it was asked where its keys are
	asked  atomic.Int64 // and for them

	mu   sync.Mutex
	keys []key // the first signs
}

const audience = "https://skein.example.org"

// start runs a provider that listens on loopback.
func start(t *testing.T) *provider {
	t.Helper()
	p := &provider{}
	p.rotate(t)
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/.well-known/openid-configuration":
			p.sought.Add(1)
		case "/keys":
			p.asked.Add(1)
		}
		if p.down.Load() {
			http.Error(w, "out for lunch", http.StatusBadGateway)
			return
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p.issuer = server.URL
	p.Storage = storage.NewStorage(storage.NewUserStore(server.URL))
	made, err := op.NewProvider(&op.Config{CryptoKey: [32]byte{1}, CodeMethodS256: true}, p, op.StaticIssuer(server.URL),
		op.WithAllowInsecure(), op.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	handler = made
	return p
}

// token has the provider issue an access token to a program.
func (p *provider) token(t *testing.T, user string) string {
	t.Helper()
	ask, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.issuer+"/oauth/token", strings.NewReader(url.Values{"grant_type": {"client_credentials"}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	ask.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	ask.SetBasicAuth(url.QueryEscape(user), "very secret")
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var issued struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(text, &issued); err != nil || strings.Count(issued.Token, ".") != 2 {
		t.Fatalf("issued %s", text)
	}
	return issued.Token
}

// rotate lets the provider sign with a new key from now on. The keys before it stay
// in its set until they are withdrawn.
func (p *provider) rotate(t *testing.T) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = append([]key{{rand.Text(), private}}, p.keys...)
}

// withdraw takes all keys out of the set but the one that signs.
func (p *provider) withdraw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = p.keys[:1]
}

func (p *provider) signing() key {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keys[0]
}

// key is a key that the provider signs with.
type key struct {
	id      string
	private *rsa.PrivateKey
}

func (k key) ID() string                                  { return k.id }
func (k key) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k key) Key() any                                    { return k.private }

// published is a key as the provider's set shows it.
type published struct{ key }

func (k published) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k published) Use() string                        { return "sig" }
func (k published) Key() any                           { return &k.private.PublicKey }

// SigningKey implements op.Storage.
func (p *provider) SigningKey(context.Context) (op.SigningKey, error) { return p.signing(), nil }

// SignatureAlgorithms implements op.Storage.
func (p *provider) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}

// KeySet implements op.Storage.
func (p *provider) KeySet(context.Context) (all []op.Key, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range p.keys {
		all = append(all, published{k})
	}
	return all, nil
}

// program is a client that gets JSON Web Tokens in its own name.
type program struct{ *storage.Client }

func (program) GrantTypes() []zitadel.GrantType {
	return []zitadel.GrantType{zitadel.GrantTypeClientCredentials}
}
func (program) AccessTokenType() op.AccessTokenType { return op.AccessTokenTypeJWT }

// ClientCredentials implements op.ClientCredentialsStorage.
func (p *provider) ClientCredentials(_ context.Context, id, secret string) (op.Client, error) {
	return program{storage.WebClient(id, secret)}, nil
}

// ClientCredentialsTokenRequest implements op.ClientCredentialsStorage.
func (p *provider) ClientCredentialsTokenRequest(_ context.Context, id string, scopes []string) (op.TokenRequest, error) {
	return &zitadel.JWTTokenRequest{Subject: id, Audience: []string{audience}, Scopes: scopes}, nil
}

// GetPrivateClaimsFromScopes implements op.Storage.
func (p *provider) GetPrivateClaimsFromScopes(_ context.Context, user, _ string, _ []string) (map[string]any, error) {
	return map[string]any{"handle": user + "-handle", "tenant": tenant, "number": 7}, nil
}

const tenant = "0199dead-0000-7000-8000-000000000001"

// claims are those of a token that is good for everything, but for what is changed.
func (p *provider) claims(changed map[string]any) map[string]any {
	now := time.Now()
	all := map[string]any{
		"iss": p.issuer, "sub": "ada", "aud": audience,
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}
	for name, value := range changed {
		if all[name] = value; value == nil {
			delete(all, name)
		}
	}
	return all
}

// sign makes a token of claims with whatever key.
func sign(t *testing.T, with jose.SigningKey, kid string, claims any) string {
	t.Helper()
	signer, err := jose.NewSigner(with, (&jose.SignerOptions{}).WithHeader("kid", kid).WithType("JWT"))
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}
