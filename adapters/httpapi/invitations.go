package httpapi

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/google/uuid"

	founding "skein/domain/invitation"
)

// NewInvitation makes a code for the invitation with the given id, a UUID. The code
// is "skn_inv_", the id without dashes, "_", and 256 random bits in base64url; it is
// shown once. The hash, of its secret part, is what is kept.
func NewInvitation(id founding.ID) (code, hash string) {
	random := make([]byte, 32)
	rand.Read(random) // never fails
	secret := base64.RawURLEncoding.EncodeToString(random)
	return "skn_inv_" + strings.ReplaceAll(string(id), "-", "") + "_" + secret, hashOf(secret)
}

// readInvitation is what a code says. One that is none leads to an invitation that
// nobody is ever given, and is answered as an unknown one.
func readInvitation(code string) (id founding.ID, hash string) {
	rest, _ := strings.CutPrefix(strings.TrimSpace(code), "skn_inv_")
	name, secret, _ := strings.Cut(rest, "_")
	if u, err := uuid.Parse(name); err == nil && len(name) == 32 {
		return founding.ID(u.String()), hashOf(secret)
	}
	return issued(founding.ID("")), hashOf(secret)
}

var errGuesses = errLimit.Saying("Too many requests from this address show codes that are no invitation's. Go on after as many seconds as Retry-After says, with the whole code.")

// unguessed lets nobody try out codes: an address that shows too many wrong ones is
// not listened to for a while, as with tokens.
func unguessed(next http.Handler) http.Handler {
	failures := newFailures()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if failures.spent(w, r, proof{}) {
			refuse(w, r, errGuesses)
			return
		}
		q := requestOf(r.Context())
		before := q.out.before
		q.out.before = func(status int) {
			if q.refused == founding.ErrUnknown.Code {
				failures.count(w, r)
			}
			if before != nil {
				before(status)
			}
		}
		next.ServeHTTP(w, r)
	})
}
