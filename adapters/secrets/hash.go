package secrets

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// Hash names parts without telling them: 32 letters of hex that nobody without
// the key can trace back or guess. Streams of identifiers are named by it, so it
// follows from the last key and never changes while that one stays. Different
// parts have different names, however they are divided: ("ab", "c") is not
// ("a", "bc"). It is HMAC-SHA256 (RFC 2104), cut to 128 bits.
func (k *Keys) Hash(parts ...string) string {
	mac := hmac.New(sha256.New, k.name)
	for _, part := range parts {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		mac.Write([]byte(part))
	}
	return hex.EncodeToString(mac.Sum(nil)[:16])
}
