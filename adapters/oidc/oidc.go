// Package oidc lets people in who prove who they are by a token of an OpenID
// Connect issuer: a JSON Web Token (RFC 7519) that it signed for this installation.
// What they may do is decided by their roles here, as for everybody.
package oidc

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"skein/commands"
	"skein/domain"
	"skein/domain/organization"
)

// Config says whose tokens are taken, and whom they stand for.
type Config struct {
	Issuer   string // its URL, exactly as its tokens name it; http only on loopback
	Audience string // what tokens have to be for

	UserClaim         string          // names the user; empty: sub
	OrganizationClaim string          // names the organization; empty: Organization
	Organization      organization.ID // of all whose tokens name none

	Now func() time.Time // nil: time.Now
	Log *slog.Logger     // nil: slog.Default
}

// Issuer tells whom the tokens of an OpenID Connect issuer stand for. It is asked
// for its keys when they are needed first, and again whenever a token is signed
// with a key that is not known yet, so that it may change its keys, and be down
// while nobody comes with a token of it.
type Issuer struct {
	Config
	client *http.Client

	asking chan struct{} // held by the one who asks for keys
	keys   oidc.KeySet
	asked  time.Time

	mu     sync.Mutex
	proven map[[32]byte]standing
	warned time.Time
}

// algorithms are those by which a token can be signed: with a key that the issuer
// alone has. None, and those by which whoever can verify could also sign, are not
// among them (RFC 8725, section 3.1).
var algorithms = []string{
	oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512,
	oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA,
}

// maxToken is how long a token is at most.
const maxToken = 16 << 10

// ErrUnreachable refuses tokens while the issuer's keys cannot be had.
var ErrUnreachable = domain.Refuse(domain.Stale, "issuer_unreachable", "The issuer of the token cannot be asked for its keys at this moment. Try again in a while, or use a token that begins with skn_.")

// Who is whom a token stands for. It refuses with commands.ErrWho what the issuer
// did not sign for this installation or what is not valid now, give or take five
// minutes for a token that is not valid yet; more clearly a token that was, but
// names nobody; and with ErrUnreachable while that cannot be told.
func (i *Issuer) Who(ctx context.Context, token string) (commands.Principal, error) {
	if len(token) > maxToken {
		return commands.Principal{}, commands.ErrWho
	}
	now := i.Now()
	if who, known := i.recall(token, now); known {
		return who, nil
	}
	keys, err := i.keySet(ctx)
	if err != nil {
		return commands.Principal{}, err
	}
	watched := &watchedKeys{KeySet: keys}
	verified, err := oidc.NewVerifier(i.Config.Issuer, watched, &oidc.Config{
		ClientID: i.Audience, SupportedSigningAlgs: algorithms, Now: i.Now,
	}).Verify(ctx, token)
	switch {
	case ctx.Err() != nil:
		return commands.Principal{}, ctx.Err()
	case watched.fault != nil:
		return commands.Principal{}, i.unreachable(ctx, watched.fault)
	case err != nil:
		return commands.Principal{}, commands.ErrWho // what is wrong would say what is in the token
	}
	who, err := i.named(verified)
	if err != nil {
		return commands.Principal{}, err
	}
	i.remember(token, standing{who, verified.Expiry}, now)
	return who, nil
}

// watchedKeys are keys of an issuer that note why they could not be fetched: the
// verifier does not tell that apart from a wrong signature.
type watchedKeys struct {
	oidc.KeySet
	fault error
}

// VerifySignature implements oidc.KeySet.
func (k *watchedKeys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := k.KeySet.VerifySignature(ctx, token)
	if errors.Unwrap(err) != nil { // only the fault of a fetch is wrapped
		k.fault = err
	}
	return payload, err
}
