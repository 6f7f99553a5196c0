package secrets

import (
	"errors"
	"fmt"
)

// ErrSealed is the error for what does not open: sealed by a key that is not
// there, for another context, or changed since.
var ErrSealed = errors.New("sealed secret does not open")

// Seal encrypts secret with the first key. What it returns opens with the same
// context only: name in it what the secret belongs to, its space and mailbox,
// and one that was moved to another row stays shut. It is 33 bytes longer than
// the secret; sealing the same twice gives two different results.
//
// One key should seal at most 2³² secrets (NIST SP 800-38D §8.3).
func (k *Keys) Seal(secret, context []byte) ([]byte, error) {
	sealed, err := k.aead.Encrypt(secret, context)
	if err != nil {
		return nil, fmt.Errorf("seal secret: %w", err)
	}
	return sealed, nil
}

// Unseal returns the secret that was sealed with this context. Its only error is
// ErrSealed.
func (k *Keys) Unseal(sealed, context []byte) ([]byte, error) {
	secret, err := k.aead.Decrypt(sealed, context)
	if err != nil {
		return nil, ErrSealed
	}
	return secret, nil
}
