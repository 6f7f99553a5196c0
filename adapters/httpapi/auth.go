package httpapi

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"skein/commands"
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
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := a.who(r)
		if err != nil {
			refuse(w, r, err)
			return
		}
		requestOf(r.Context()).who = who
		next.ServeHTTP(w, r)
	})
}

func (a *API) who(r *http.Request) (commands.Principal, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return commands.Principal{}, commands.ErrWho
	}
	rest, ours := strings.CutPrefix(strings.TrimSpace(token), "skn_")
	id, secret, whole := strings.Cut(rest, "_")
	credentialID, err := uuid.Parse(id)
	if !ours || !whole || len(id) != 32 || err != nil {
		return commands.Principal{}, commands.ErrWho
	}
	return a.Commands.Who(r.Context(), credential.ID(credentialID.String()), hashOf(secret))
}
