package oidc

import (
	"crypto/sha256"
	"time"

	"skein/commands"
)

// Tokens that were verified are remembered by their hash, so that not every request
// verifies a signature: a short while, as the issuer may withdraw the key.
const (
	trusted    = 2 * time.Minute
	rememberAt = 8192 // how many are remembered at most
)

// standing is whom a token stands for, and until when.
type standing struct {
	who   commands.Principal
	until time.Time
}

func (i *Issuer) recall(token string, now time.Time) (commands.Principal, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	known, ok := i.proven[sha256.Sum256([]byte(token))]
	return known.who, ok && now.Before(known.until)
}

func (i *Issuer) remember(token string, s standing, now time.Time) {
	if limit := now.Add(trusted); s.until.After(limit) {
		s.until = limit
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.proven == nil || len(i.proven) >= rememberAt {
		i.proven = map[[32]byte]standing{}
	}
	i.proven[sha256.Sum256([]byte(token))] = s
}
