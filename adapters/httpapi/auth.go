package httpapi

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"skein/commands"
	"skein/domain"
	"skein/domain/credential"
)

// NewToken makes a token for the credential with the given id, a UUID. The token
// is "skn_", the id without dashes, "_", and 256 random bits in base64url; it is
// shown once. The hash, of its secret part, is what is kept.
func NewToken(id credential.ID) (token, hash string) {
	random := make([]byte, 32)
	rand.Read(random) // never fails
	return tokenOf(id, base64.RawURLEncoding.EncodeToString(random))
}

// tokenOf is the token with a secret, and what is kept of it.
func tokenOf(id credential.ID, secret string) (token, hash string) {
	return "skn_" + strings.ReplaceAll(string(id), "-", "") + "_" + secret, hashOf(secret)
}

// hashOf is what is kept of a secret. Comparing hashes tells nobody who tries
// out secrets how near they came, however long the comparison takes.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// authenticated lets requests through whose token proves who asks. The answer to
// all others is the same, whatever is wrong with their token.
func (a *API) authenticated(next http.Handler) http.Handler {
	failures := newFailures()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := proofOf(r)
		if failures.spent(w, r, p) {
			refuse(w, r, errFailures)
			return
		}
		who, err := a.who(r.Context(), p)
		if proves := new(domain.Refusal); errors.As(err, &proves) && statusOf(proves) == http.StatusUnauthorized && failures.count(w, r) {
			err = errFailures
		}
		if err != nil {
			refuse(w, r, err)
			return
		}
		failures.proven(p)
		q := requestOf(r.Context())
		q.who, q.shown, q.proof = who, p.id, p
		a.used.note(p.id, a.Commands.Now())
		next.ServeHTTP(w, r)
	})
}

// proof is what a request shows to prove who asks: a token of ours, or one of
// another issuer. The zero proof proves nothing.
type proof struct {
	id     credential.ID // of a token of ours
	bearer string        // a token of another issuer
	hash   string        // of what is secret in it
}

func proofOf(r *http.Request) proof {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return proof{}
	}
	token = strings.TrimSpace(token)
	rest, ours := strings.CutPrefix(token, "skn_")
	if !ours && strings.Count(token, ".") == 2 { // a JWT (RFC 7519, section 3)
		return proof{bearer: token, hash: hashOf(token)}
	}
	id, secret, whole := strings.Cut(rest, "_")
	credentialID, err := uuid.Parse(id)
	if !ours || !whole || len(id) != 32 || err != nil {
		return proof{}
	}
	return proof{id: credential.ID(credentialID.String()), hash: hashOf(secret)}
}

func (a *API) who(ctx context.Context, p proof) (commands.Principal, error) {
	switch {
	case p.id != "":
		return a.Commands.Who(ctx, p.id, p.hash)
	case p.bearer != "" && a.Bearer != nil:
		return a.Bearer(ctx, p.bearer)
	}
	return commands.Principal{}, commands.ErrWho
}
